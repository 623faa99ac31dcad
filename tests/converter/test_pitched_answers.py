"""A call of every family goes in, and its answer comes out as tones: converted, loaded and played by the appliance."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.answer.chord import chord_of
from appliance.answer.conditions import chord_pitches_row, density_row, histogram_row, optional_row, triad_row
from appliance.answer.encoding import Floats
from appliance.answer.melody import melody_events, melody_tones
from appliance.answer.model import State
from appliance.answer.note_tuple_encoding import note_tuples, tuple_tones
from appliance.answer.performance import performance_events, performance_tones
from appliance.answer.pianoroll_encoding import pianoroll_frames, pianoroll_tones
from appliance.answer.pitched_network import PitchedNetwork
from appliance.answer.polyphony_encoding import polyphony_events, polyphony_tones
from appliance.answer.sampling import SamplingSettings
from appliance.drivers.model_arrays import read_nade
from appliance.notation.tone import Tone
from converter.architecture import recognise
from converter.card import model_bytes
from converter.conversion import Label, convert
from converter.source import Origin, Source
from converter.stepper import Stepper
from tests.converter.every_rnn import EVERY_RNN, Written, random_weights, shapes_of
from tests.converter.material import needs_tensorflow

pytestmark = needs_tensorflow
PITCHED = [rnn for rnn in EVERY_RNN if "drum" not in rnn.name]
CALL = [Tone(0, 4, 60, 77), Tone(4, 6, 64, 77), Tone(6, 12, 67, 77), Tone(12, 14, 72, 77)]
STEPS, ANSWERED = 16, 24
AS_IT_IS = SamplingSettings(temperature=1.0, top_k=0)
CONDITIONS: dict[str, Floats] = {
    "triad": triad_row(chord_of("Am7")),
    "chord_pitches": chord_pitches_row(chord_of("Am7/C")),
    "density": density_row(4.0),
    "pitch_histogram": histogram_row([1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1]),
    "optional_density_and_pitch_histogram": optional_row(None, ()),
}
# Tones to events, events to tones, by the kind on the card.
Notation = tuple[Callable[[], list[Any]], Callable[[list[Any]], list[Tone]]]
MELODY: Notation = (lambda: melody_events(CALL, STEPS), lambda events: melody_tones(events, 80))
NOTATIONS: dict[str, Notation] = {
    "melody": MELODY,
    "key_melody": MELODY,
    "polyphony": (lambda: polyphony_events(CALL, STEPS), lambda events: polyphony_tones(events, 80)),
    "performance": (lambda: performance_events(CALL, 0, 100), lambda events: performance_tones(events, 32, 80)),
    "modulo_performance": (lambda: performance_events(CALL, 32, 100), lambda events: performance_tones(events, 32, 80)),
    "note_performance": (lambda: note_tuples(CALL, 32), lambda events: tuple_tones(events, 32)),
    "pianoroll": (lambda: pianoroll_frames(CALL, STEPS), lambda events: pianoroll_tones(events, 80)),
}


class Played:
    """A Model of the appliance's, by the converter's interpreter."""

    def __init__(self, path: Path, flatbuffer: bytes) -> None:
        import zipfile

        import msgspec

        from appliance.answer.card import Card

        with zipfile.ZipFile(path) as archive:
            self.card = msgspec.json.decode(archive.read("card.json"), type=Card)
        self._stepper = Stepper(flatbuffer)
        self.nade = read_nade(path) if self.card.encoding.nade_hidden else None
        self._names = [tensor.name for tensor in self.card.state]

    def initial_state(self) -> State:
        return tuple(np.zeros((1, tensor.size), np.float32) for tensor in self.card.state)

    def step(self, inputs: Floats, state: State) -> tuple[Floats, State]:
        logits, after = self._stepper.step(inputs, dict(zip(self._names, state, strict=True)))
        return logits, tuple(after[name] for name in self._names)


def network_of(rnn: Written, folder: Path) -> PitchedNetwork:
    weights = random_weights(shapes_of(rnn, (9,), nade=9 * bool(rnn.nade)), 1)
    source = Source(Origin(Path("some"), "0", "checkpoint"), weights, None)
    model = convert(source, recognise(source, 3), None, "none", Label("some", "", ""), steps=4).model
    path = folder / "some.tflite"
    path.write_bytes(model_bytes(model))
    return PitchedNetwork(Played(path, model.flatbuffer))


def answered(network: PitchedNetwork, seed: int, temperature: float = 1.0) -> tuple[list[Any], float]:
    """The events of an answer, and their log-likelihood."""
    settings = network.model.card.encoding
    ahead = [CONDITIONS[name] for name in settings.conditions]
    condition = np.concatenate(ahead) if ahead else None
    chance, memory, total = np.random.default_rng(seed).random, network.fresh(), 0.0
    for event in NOTATIONS[settings.kind][0]():
        memory = network.feed(memory, event, condition)
    heard = len(memory.events)
    for _ in range(ANSWERED):
        event, likelihood = network.draw(memory, SamplingSettings(temperature, 0), chance)
        memory, total = network.feed(memory, event, condition), total + likelihood
    return list(memory.events[heard:]), total


@pytest.mark.parametrize("rnn", PITCHED, ids=lambda rnn: rnn.name)
def test_a_call_is_answered_with_tones_alike_for_a_seed_and_likelier_when_colder(rnn: Written, tmp_path: Path) -> None:
    network = network_of(rnn, tmp_path)
    answer, likelihood = answered(network, 1)
    assert len(answer) == ANSWERED
    assert (answer, likelihood) == answered(network, 1)
    assert answer != answered(network, 2)[0]
    assert answered(network, 1, 0.0)[0] == answered(network, 2, 0.0)[0]
    assert answered(network, 1, 0.0)[1] > likelihood
    tones = NOTATIONS[network.model.card.encoding.kind][1](answer)
    assert all(0 <= tone.pitch <= 127 and tone.start < tone.end for tone in tones)


def test_a_condition_is_asked_for_and_changes_the_answer(tmp_path: Path) -> None:
    network = network_of(next(rnn for rnn in PITCHED if rnn.name == "basic_improv"), tmp_path)
    with pytest.raises(ValueError, match="takes 49 numbers of a condition, not 0"):
        network.feed(network.fresh(), 60)
    one, other = (network.feed(network.fresh(), 60, triad_row(chord_of(symbol))) for symbol in ("C", "F#m"))
    assert one.logits is not None
    assert (one.logits != other.logits).any()


def test_a_kept_memory_stays_what_it_was(tmp_path: Path) -> None:
    network = network_of(next(rnn for rnn in PITCHED if rnn.name == "lookback_rnn"), tmp_path)
    kept = network.feed(network.fresh(), 60)
    once = network.feed(kept, 62)
    network.feed(kept, 64)
    assert (network.feed(kept, 62).logits == once.logits).all()
    assert kept.events == (60,)


def test_nothing_is_drawn_before_the_first_event_or_without_its_nade(tmp_path: Path) -> None:
    network = network_of(next(rnn for rnn in PITCHED if rnn.nade), tmp_path)
    with pytest.raises(ValueError, match="feed it an event first"):
        network.draw(network.fresh(), AS_IT_IS, np.random.default_rng(1).random)
    network.model.nade = None  # type: ignore[misc]
    with pytest.raises(ValueError, match="by the NADE in its file"):
        PitchedNetwork(network.model)
