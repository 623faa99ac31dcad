"""When strokes sound in a microphone's signal: jumps of its energy over what it was before.

Plain energy by design: a drum's stroke rises by 20 dB within a millisecond or two. The signal's differences (which keep
hum and rumble out) are squared and summed in hops of 1 ms; an onset is a hop that is `RATIO` times the loudest of the
quiet before it; its instant is the first sample that reaches a tenth of the peak of the next 10 ms. J. P. Bello and
others, "A tutorial on onset detection in music signals" (IEEE 2005), section III, calls energy enough for percussion.
aubio is GPL, librosa and madmom bring a hundred megabytes and more.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from appliance.calibration.heard import Heard

_HOP = 0.001  # s
_RATIO = 10.0  # 10 dB
_QUIET = 1e-8  # energy of a hop below which nothing is an onset: converters' noise
_BEFORE = 20  # hops of background
_DEAF = 0.060  # s after an onset: a drum rings
_PEAK = 0.010  # s after the jump in which the peak lies
_PART = 0.1  # of the peak: the stick is there
_LOUD = 0.030  # s of which the loudness is the mean

Samples = NDArray[np.float32]


class OnsetDetector:
    """Blocks of a signal in, strokes out; loudness in dB of full scale, plus 100 so that it is above 0.

    A stroke is told when 30 ms of it have been received.
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._hop = round(rate * _HOP)
        self._kept: Samples = np.zeros(0, np.float32)
        self._begin = 0.0
        self._deaf_until = -math.inf

    def receive(self, time: float, block: Samples) -> list[Heard]:
        """The strokes that are known now; `time` (s) is the instant of the block's first sample."""
        self._begin = time - len(self._kept) / self._rate
        self._kept = np.concatenate((self._kept, np.asarray(block, np.float32)))
        heard = list(self._onsets())
        self._forget()
        return heard

    def _onsets(self) -> Iterator[Heard]:
        energy = self._energy()
        ahead = round(_LOUD / _HOP)
        for hop in range(_BEFORE, len(energy) - ahead):
            at = self._begin + hop * self._hop / self._rate
            if at < self._deaf_until or energy[hop] < max(_QUIET, _RATIO * energy[hop - _BEFORE : hop - 1].max()):
                continue
            onset = self._sharp(hop)
            self._deaf_until = onset + _DEAF
            yield Heard(onset, self._loudness(onset))

    def _energy(self) -> NDArray[np.float64]:
        hops = max(0, (len(self._kept) - 1) // self._hop)
        steps = np.diff(self._kept[: hops * self._hop + 1].astype(np.float64)) ** 2
        energy: NDArray[np.float64] = steps.reshape(hops, self._hop).sum(axis=1)
        return energy

    def _sharp(self, hop: int) -> float:
        first = (hop - 1) * self._hop
        signal = np.abs(self._kept[first : first + round(_PEAK * self._rate) + self._hop])
        return self._begin + (first + int(np.argmax(signal >= _PART * signal.max()))) / self._rate

    def _loudness(self, onset: float) -> float:
        first = round((onset - self._begin) * self._rate)
        signal = self._kept[first : first + round(_LOUD * self._rate)].astype(np.float64)
        return max(0.0, 100.0 + 10.0 * math.log10(float(np.mean(signal**2)) + 1e-12))

    def _forget(self) -> None:
        keep = (_BEFORE + round(_LOUD / _HOP) + 2) * self._hop
        self._kept = self._kept[-keep:]
