"""An answer that a groove model plays, a bar at a time, from a place in its latent space."""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from appliance.answer.answering import Made, Question
from appliance.answer.sampling import choose
from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.way import Way
from appliance.groove.autoencoder import Autoencoder, Floats
from appliance.groove.cell import Cell
from appliance.groove.dice import dice
from appliance.groove.ears import Ears
from appliance.groove.passages import Passages
from appliance.groove.pattern import CLOSED_HI_HAT, DRUMS, OPEN_HI_HAT, DrumClasses, offset_of, velocity_of
from appliance.groove.places import places_of
from appliance.groove.source import Pieces, by_step
from appliance.groove.walk import Walk, feel_of
from appliance.notation.drum_track import Note
from appliance.notation.drums import drum_of

# What a density of 1 adds to the log-odds of a hit: e^2 = 7.4 times as likely, as for the recurrent models' drums.
_NATS = 2.0
_COLDEST = 1e-3  # a temperature below which a hit is struck when it is likelier than not
_TRIES = 6  # times that a bar is thrown anew before it is altered by hand
_WARMER = 0.25  # that each try adds to the temperature
_FOLLOWING = 0.5  # of the temperature, where an answer follows a rhythm
_GHOST = 0.35  # velocity of a hit that is put in by hand
_KEPT = 64  # bars that can be gone back to
# Throws of one bar are its number, its try, and its takes.
_THROWS_A_BAR = 1 << 8


class _Played(NamedTuple):
    """A step: which drums are struck, and their velocities and offsets as a groove has them [27]; its likelihood."""

    groove: Floats
    log_likelihood: float


class Improvised:
    """A Source."""

    def __init__(
        self, autoencoder: Autoencoder, question: Question, ears: Ears, seed: int, cell: Cell, at: int = 0
    ) -> None:
        """`at`: the first step that is wanted."""
        self._autoencoder = autoencoder
        self._classes = DrumClasses(autoencoder.card.drum_map)
        self._question = question
        self._call = by_step(question.call.notes)
        self._dynamics = ears.dynamics
        self._seed = seed
        self._cell = cell
        self._sampling = question.sampling
        self._places = places_of(autoencoder, question, self._sampling.way, seed, cell)
        self._passages = Passages()
        self._take = self._until = 0
        self._next = at
        self._bars: dict[int, list[_Played]] = {}
        self._pieces = Pieces()
        self._made: list[Made] = []

    def ask(self, until: int) -> None:
        """Make the steps below `until`, and those that are in one bar with them."""
        self._until = max(self._until, until)

    def rewind(self, step: int, take: int, sampling: SamplingSettings) -> None:
        """Make the steps from `step` on again; the bar that it is in goes on from what was played of it."""
        self._next = min(step, self._next)
        self._until = self._next
        self._take, self._sampling = take, sampling
        self._made.clear()
        self._pieces.begin(None)

    def ready(self) -> bool:
        """Whether there is a piece of work."""
        return bool(self._made) or self._pieces.waiting or self._next < self._until

    def take(self) -> list[Made]:
        """Do a piece of work."""
        if not self._pieces.waiting and self._next < self._until:
            self._pieces.begin(self._play_bar(self._next // self._cell.bar))
        self._pieces.advance()
        made, self._made = self._made, []
        return made

    def _play_bar(self, bar: int) -> Iterator[None]:
        z = yield from self._places.place(bar, self._sampling, self._take)
        known = self._bars.get(bar, [])[: self._next - bar * self._cell.bar]
        endless = self._sampling.way is Way.ENDLESS
        for attempt in itertools.count():
            played = self._decoded(bar, z, known, attempt)
            if not endless or self._is_new(bar, played):
                break
            if attempt >= _TRIES:
                played = self._altered(bar, played, len(known))
                break
            yield
        self._passages.tell(bar, _struck(played))
        self._bars[bar] = played
        self._bars.pop(bar - _KEPT, None)
        for step in range(self._next, (bar + 1) * self._cell.bar):
            self._give(step, played[step - bar * self._cell.bar])

    def _decoded(self, bar: int, z: Floats, known: list[_Played], attempt: int) -> list[_Played]:
        """The steps of a bar, behind what is known of it and of the bars before it in its window."""
        walk = Walk(self._autoencoder, z)
        for before in range(bar - self._places.within(bar), bar):
            for one in self._bars.get(before, []):
                self._step(walk, None, 0.0, one)
        chance = dice(self._seed, self._question.answer, bar * _THROWS_A_BAR + attempt, self._take)
        cooled = _FOLLOWING if self._sampling.way in {Way.TAP, Way.HI_HAT} else 1.0
        temperature = self._sampling.temperature * cooled + attempt * _WARMER
        played = [self._step(walk, None, 0.0, one) for one in known]
        return [*played, *(self._step(walk, chance, temperature, None) for _ in range(self._cell.bar - len(known)))]

    def _step(
        self, walk: Walk, chance: np.random.Generator | None, temperature: float, known: _Played | None
    ) -> _Played:
        """One step of the decoder: drawn, or as it is known."""
        logits = walk.logits()
        groove = self._autoencoder.card.kind == "groove"
        if known is None and chance is not None:
            drawn = self._drawn_groove if groove else self._drawn_label
            known = drawn(logits, temperature, chance)
        if known is None:
            raise ValueError("a step is drawn by chance, or it is known")
        walk.play(known.groove if groove else np.eye(1, len(logits), _label(known.groove), dtype=np.float32)[0])
        return known

    def _drawn_groove(self, logits: Floats, temperature: float, chance: np.random.Generator) -> _Played:
        odds = logits[:DRUMS].astype(np.float64)
        wished = np.where(self._allowed(), odds + self._sampling.density * _NATS, -np.inf)
        if temperature < _COLDEST:
            hits = wished > 0
        else:
            hits = chance.random(DRUMS) < (1 + np.tanh(wished / temperature / 2)) / 2
        feel = feel_of(logits)
        struck = hits.astype(np.float32)
        row = np.concatenate([struck, struck * feel.velocities, struck * feel.offsets])
        return _Played(row, float(-np.logaddexp(0, np.where(hits, -odds, odds)).sum()))

    def _drawn_label(self, logits: Floats, temperature: float, chance: np.random.Generator) -> _Played:
        """Of nine drums at once: a model without velocities, whose hits are marked with 0."""
        rules = msgspec.structs.replace(self._sampling, temperature=min(temperature, 10.0))
        drawn = choose(logits, rules, float(chance.random()), self._wish)
        row = np.zeros(3 * DRUMS, np.float32)
        row[:DRUMS] = drawn.label >> np.arange(DRUMS) & 1
        return _Played(row, drawn.log_likelihood)

    def _wish(self, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """What is wished of labels, each the sum of 2^drum of its drums."""
        drums = np.arange(len(scores))[:, np.newaxis] >> np.arange(DRUMS) & 1
        scores = scores + self._sampling.density * _NATS * drums.sum(axis=1)
        return np.where((drums[:, ~self._allowed()] == 0).all(axis=1), scores, -np.inf)

    def _allowed(self) -> npt.NDArray[np.bool_]:
        """Which drums may be struck."""
        return np.array([self._sampling.allows(drum_of(self._classes.pitch(drum))) for drum in range(DRUMS)])

    def _is_new(self, bar: int, played: list[_Played]) -> bool:
        """Whether a bar sounds, and ends no passage that was played before."""
        struck = _struck(played)
        return bool(struck) and not self._passages.repeats(bar, struck)

    def _altered(self, bar: int, played: list[_Played], first: int) -> list[_Played]:
        """A bar with soft hits put in until it is new, from its step `first` on."""
        chance = dice(self._seed, self._question.answer, bar * _THROWS_A_BAR + _THROWS_A_BAR - 1, self._take)
        altered = [_Played(one.groove.copy(), one.log_likelihood) for one in played]
        for place in chance.permutation((len(altered) - first) * DRUMS):
            step, drum = first + place // DRUMS, int(place % DRUMS)
            if self._allowed()[drum] and not altered[step].groove[drum]:
                altered[step].groove[[drum, DRUMS + drum]] = 1, _GHOST
                if self._is_new(bar, altered):
                    break
        return altered

    def _give(self, step: int, played: _Played) -> None:
        if self._sampling.way is Way.HI_HAT:
            notes = self._with_hi_hat(step, played.groove)
        else:
            notes = tuple(self._note(step, int(drum), played.groove) for drum in np.flatnonzero(played.groove[:DRUMS]))
        ordered = tuple(sorted(notes, key=lambda note: note.pitch))
        self._made.append(Made(self._question.answer, step, self._take, ordered, played.log_likelihood))
        self._next = step + 1

    def _note(self, step: int, drum: int, groove: Floats) -> Note:
        pitch = self._classes.pitch(drum)
        hardness, offset = float(groove[DRUMS + drum]), offset_of(float(groove[2 * DRUMS + drum]))
        if not hardness:
            return Note(step, pitch, self._dynamics.velocity(self._question.call.length + step, pitch))
        # Before an answer's first beat it is the player's turn.
        return Note(step, pitch, velocity_of(hardness), offset=offset if step else max(offset, 0.0))

    def _with_hi_hat(self, step: int, groove: Floats) -> tuple[Note, ...]:
        """The call, and a closed hi-hat where the model has one and the call has no hi-hat at all."""
        length = -(-self._question.call.length // self._cell.bar) * self._cell.bar
        heard = tuple(Note(step, note.pitch, note.velocity) for note in self._call.get(step % length, ()))
        hats = {CLOSED_HI_HAT, OPEN_HI_HAT}
        if not groove[CLOSED_HI_HAT] or any(self._classes.of(note.pitch) in hats for note in heard):
            return heard
        return (*heard, self._note(step, CLOSED_HI_HAT, groove))


def _struck(played: list[_Played]) -> list[tuple[int, int]]:
    """Which drums are struck on which step."""
    return [(step, int(drum)) for step, one in enumerate(played) for drum in np.flatnonzero(one.groove[:DRUMS])]


def _label(groove: Floats) -> int:
    return int(sum(1 << int(drum) for drum in np.flatnonzero(groove[:DRUMS])))
