"""A microphone's strokes are found within a millisecond, louder ones are louder, and noise is none."""

import numpy as np
import pytest

from appliance.calibration.heard import Heard
from appliance.calibration.onset import OnsetDetector, Samples

RATE = 48000.0
BLOCK = 480


def drum(instants: list[float], levels: list[float], seconds: float, noise: float, seed: int) -> Samples:
    chance = np.random.default_rng(seed)
    signal = noise * chance.standard_normal(int(seconds * RATE))
    for instant, level in zip(instants, levels, strict=True):
        time = np.arange(int(0.1 * RATE)) / RATE
        hit = np.sin(2 * np.pi * 180 * time) * np.exp(-time / 0.04)
        hit += 0.5 * chance.standard_normal(len(time)) * np.exp(-time / 0.008)
        first = int(instant * RATE)
        signal[first : first + len(hit)] += level * hit
    return signal.astype(np.float32)


def listen(signal: Samples, begin: float = 100.0) -> list[Heard]:
    detector = OnsetDetector(RATE)
    heard: list[Heard] = []
    for first in range(0, len(signal), BLOCK):
        heard += detector.receive(begin + first / RATE, signal[first : first + BLOCK])
    return heard


@pytest.mark.parametrize("seed", range(5))
def test_strokes_are_found_within_a_millisecond(seed: int) -> None:
    instants = [0.2 + 0.137 * n for n in range(8)]
    heard = listen(drum(instants, [0.05 * (n + 1) for n in range(8)], 1.6, 0.0005, seed))
    assert [one.time - 100.0 for one in heard] == pytest.approx(instants, abs=0.001)


def test_louder_is_louder() -> None:
    heard = listen(drum([0.2, 0.5, 0.8, 1.1], [0.02, 0.06, 0.2, 0.7], 1.5, 0.0005, seed=1))
    loudness = [one.loudness for one in heard]
    assert loudness == sorted(loudness)
    assert loudness[-1] - loudness[0] == pytest.approx(20 * np.log10(35), abs=3)


def test_noise_alone_is_no_stroke() -> None:
    assert listen(drum([], [], 3.0, 0.01, seed=2)) == []
    assert listen(np.zeros(48000, np.float32)) == []
