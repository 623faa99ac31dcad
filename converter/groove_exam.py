"""How well a GrooVAE plays: hits, velocities and timing beside what people played, and beside playing without it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from converter.drum_part import drum_parts
from converter.errors import DataError
from converter.groove_play import hit_nats, played
from converter.groove_tensors import DRUMS, LOUDEST, STEPS_PER_QUARTER, Rows, groove_rows, tap_input, windows_of
from converter.music_file import Choice, LeftOutError, read_music
from converter.note_seq_library import NoteSequence
from converter.quarters import DEFAULT_QPM
from converter.vae_config import VaeConfig
from converter.vae_material import BAR, given_groove
from converter.vae_network import VaeNetwork

_ASKED = 256  # windows, about

Passed = Callable[[int, int], None]


@dataclass(frozen=True)
class Grooves:
    """What people played: windows [N, T, 27], and how long a step of each lasts (s) [N]."""

    rows: Rows
    seconds: Rows
    files: int


@dataclass(frozen=True)
class Marks:
    """How near playing is to people's.

    `f1` of the hits, the mean of recall and precision after van Rijsbergen; `velocity`: mean absolute error of 127, and
    `timing` in ms, both over the drums that are hit in truth and in what is played, None where there are none; `nats`:
    of the hits of a step; `density`: the one it was asked for, if any.
    """

    f1: float
    velocity: float | None
    timing: float | None
    nats: float | None = None
    density: float | None = None


def read_grooves_in_time(files: Sequence[Path], bars: int) -> Grooves:
    """The windows, end to end, of drum files in 4/4 with one tempo; others are passed over.

    Raises:
        DataError: not one file serves.

    """
    rows: list[Rows] = []
    seconds: list[float] = []
    served = 0
    for path in files:
        try:
            (sequence,) = read_music(path, Choice())
            (notes,) = drum_parts(sequence, any_channel=False)
            step = 60 / _tempo(sequence) / STEPS_PER_QUARTER
        except (LeftOutError, ValueError):
            continue
        found = windows_of(groove_rows(notes), bars)
        served += bool(found)
        rows += found
        seconds += [step] * len(found)
    if not rows:
        raise DataError(f"None of {len(files)} files holds drums in 4/4 with one tempo to measure on.")
    return Grooves(np.stack(rows), np.array(seconds, np.float32), served)


def _tempo(sequence: NoteSequence) -> float:
    tempi = {tempo.qpm for tempo in sequence.tempos}
    if len(tempi) > 1:
        raise LeftOutError("with more than one tempo")
    return float(tempi.pop()) if tempi else DEFAULT_QPM


def play_all(
    network: VaeNetwork,
    config: VaeConfig,
    grooves: Grooves,
    passed: Passed = lambda *_: None,
    *,
    density: float = 0.0,
) -> Rows:
    """What the network plays to each window [N, T, 27]: the hits it is given, of a humaniser, else its likeliest."""
    assert config.groove is not None
    found = np.zeros_like(grooves.rows)
    for number, window in enumerate(grooves.rows):
        given, control = given_groove(window, config.groove), _control(config, window)
        z, _ = network.encode([given if control is None else np.concatenate([given, control], 1)])
        kept = window[:, :DRUMS] if config.groove.humanize or control is not None else None
        found[number] = played(network, z, len(window), kept, control, density=density)
        passed(number + 1, len(grooves.rows))
    return found


def people_s_density(network: VaeNetwork, config: VaeConfig, learnt: Grooves) -> float:
    """The density, to a 32nd, at which the network's likeliest hits are as many as people's.

    Each hit that is likely by less than a half is left out of the likeliest, so at 0 they are too few. It is found by
    halving on some of the grooves that were `learnt`, so that those to judge by have no say in it.
    """
    apart = max(1, len(learnt.rows) // _ASKED)
    some = Grooves(learnt.rows[::apart], learnt.seconds[::apart], learnt.files)
    low, high = -1.0, 1.0
    while high - low > 1 / 32:
        middle = (low + high) / 2
        rows = play_all(network, config, some, density=middle)
        low, high = (middle, high) if rows[..., :DRUMS].sum() < some.rows[..., :DRUMS].sum() else (low, middle)
    return (low + high) / 2


def likelihood_of_hits(network: VaeNetwork, config: VaeConfig, grooves: Grooves) -> float:
    """Nats a step, from the mean of z and the true steps before."""
    assert config.groove is not None
    nats = 0.0
    for window in grooves.rows:
        given, control = given_groove(window, config.groove), _control(config, window)
        z, _ = network.encode([given if control is None else np.concatenate([given, control], 1)])
        nats += hit_nats(network, z, window, control)
    return nats / sum(map(len, grooves.rows))


def rebuilt_hits(network: VaeNetwork, config: VaeConfig, grooves: Grooves) -> float:
    """F1 of the hits that a humaniser plays when it is left to itself, from z alone."""
    assert config.groove is not None
    found = np.zeros_like(grooves.rows)
    for number, window in enumerate(grooves.rows):
        given = given_groove(window, config.groove)
        found[number] = played(network, network.encode([given])[0], len(window))
    return f1(found, grooves.rows)


def marks(found: Rows, grooves: Grooves, nats: float | None = None) -> Marks:
    """The marks of rows [N, T, 27] played to these grooves."""
    truth = grooves.rows
    both = (found[..., :DRUMS] > 0.5) & (truth[..., :DRUMS] > 0.5)
    loud = np.abs(found - truth)[..., DRUMS : 2 * DRUMS][both] * LOUDEST
    late = np.abs(found - truth)[..., 2 * DRUMS :] / 2 * grooves.seconds[:, None, None] * 1000
    if not both.any():
        return Marks(f1(found, truth), None, None, nats)
    return Marks(f1(found, truth), float(loud.mean()), float(late[both].mean()), nats)


def f1(found: Rows, truth: Rows) -> float:
    """Of the hits of rows [..., 27]."""
    one, other = found[..., :DRUMS] > 0.5, truth[..., :DRUMS] > 0.5
    return 2 * float((one & other).sum()) / max(1.0, float(one.sum() + other.sum()))


def quantised(grooves: Grooves) -> Rows:
    """The same hits on the grid, all as loud as the mean of these very grooves: what a drum machine plays."""
    hits = grooves.rows[..., :DRUMS]
    mean = grooves.rows[..., DRUMS : 2 * DRUMS].sum() / hits.sum()
    return np.concatenate([hits, hits * mean, np.zeros_like(hits)], -1)


def nearest(learnt: Rows, grooves: Grooves, rows_at_a_time: int = 64) -> Rows:
    """To each window's tap the groove, of those learnt [M, T, 27], whose own tap is nearest.

    Nearest is the fewest steps that are tapped in one and not in the other, then the least difference of offsets.
    """
    taps, known = _taps(grooves.rows), _taps(learnt)
    length = taps.shape[1] // 2
    found = np.zeros_like(grooves.rows)
    for start in range(0, len(taps), rows_at_a_time):
        some = taps[start : start + rows_at_a_time]
        steps = np.abs(some[:, None, :length] - known[None, :, :length]).sum(-1)
        offsets = np.abs(some[:, None, length:] - known[None, :, length:]).mean(-1)  # below 1 unless all differ by 2
        found[start : start + len(some)] = learnt[(steps + offsets / 4).argmin(1)]
    return found


def _taps(rows: Rows) -> Rows:
    """Tapped or not, and how early [N, 2T]."""
    tapped = tap_input(rows)
    return np.concatenate([tapped[..., :DRUMS].sum(-1), tapped[..., 2 * DRUMS :].sum(-1)], 1)


def _control(config: VaeConfig, window: Rows) -> Rows | None:
    return window[:, :DRUMS] if config.control_depth else None


def bars_of(config: VaeConfig) -> int:
    """How long a window is."""
    return config.steps // BAR
