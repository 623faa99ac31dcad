"""A microphone as an ear, by python-sounddevice (MIT) over PortAudio (MIT)."""

import os
from collections import deque
from importlib import import_module
from typing import Any

from appliance.calibration.heard import Heard
from appliance.calibration.onset import OnsetDetector
from appliance.clock import Clock
from appliance.errors import PadLost

_RATE = 48000.0
_BLOCK = 480  # samples, 10 ms


class MicrophoneEar:
    """The system's default input; `delay` (s), of which 3 ms are a metre of air, is taken off what is heard."""

    def __init__(self, delay: float, clock: Clock) -> None:
        """Raises: PadLost when there is no microphone, or no sounddevice."""
        self._clock = clock
        self._delay = delay
        self._detector = OnsetDetector(_RATE)
        self._came: deque[tuple[float, Any]] = deque()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._stream = _open(self._arrive)

    def heard(self) -> list[Heard]:
        """What came since the last time of asking."""
        try:
            os.eventfd_read(self._wake)
        except BlockingIOError:
            return []
        heard: list[Heard] = []
        while self._came:
            heard += self._detector.receive(*self._came.popleft())
        return heard

    def filenos(self) -> list[int]:
        """Readable when a block has come."""
        return [self._wake]

    def close(self) -> None:
        """Let the microphone go."""
        self._stream.close()
        os.close(self._wake)

    def _arrive(self, block: Any, _frames: int, times: Any, _status: object) -> None:
        """In PortAudio's own thread. Its clock is not ours: the block's age is the same on both."""
        age = times.currentTime - times.inputBufferAdcTime
        self._came.append((self._clock.now() - age - self._delay, block[:, 0].copy()))
        os.eventfd_write(self._wake, 1)


def _open(arrive: Any) -> Any:
    try:
        sounddevice = import_module("sounddevice")
    except (ModuleNotFoundError, OSError):
        raise PadLost("a microphone needs sounddevice and PortAudio: pip install 'ghostnote[calibrate]'") from None
    try:
        stream = sounddevice.InputStream(samplerate=_RATE, blocksize=_BLOCK, channels=1, callback=arrive)
        stream.start()
    except sounddevice.PortAudioError as error:
        raise PadLost(f"no microphone can be opened: {error}") from None
    return stream
