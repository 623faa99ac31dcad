"""How a family's music is told in its events: a call's tones, and what an answer's events sound.

A voice's own steps are those of the model's card: sixteenths of most, hundredths of a second of a performance.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from appliance.answer import card
from appliance.answer.melody import NO_EVENT, NOTE_OFF, melody_events, melody_tones, transposed, transposition
from appliance.answer.note_tuple_encoding import NoteTuple, note_tuples, tuple_tones
from appliance.answer.performance import Kind, PerformanceEvent, performance_events, performance_tones
from appliance.answer.pianoroll_encoding import pianoroll_frames, pianoroll_tones
from appliance.answer.polyphony_encoding import (
    CONTINUED,
    END,
    NEW,
    START,
    STEP_END,
    polyphony_events,
    polyphony_tones,
)
from appliance.notation.tone import Tone

OCTAVE = 12
_EVERY_PITCH = (0, 127)
# Steps behind its beginning after which a tone of a pad, which tells no end, is taken to be over.
_PAD_HOLDS = 16


class Voice(Protocol):
    """Tones to events and back, for one family of models."""

    @property
    def barred(self) -> tuple[int, ...]:
        """Labels that may not come in an answer, as they would end it or begin it anew."""
        ...

    def call(self, tones: Sequence[Tone], steps: int) -> list[Any]:
        """The events of a call of so many steps."""
        ...

    def tones(self, events: Sequence[Any], velocity: int) -> list[Tone]:
        """What events sound; `velocity` where the family knows none. What sounds at their end lasts until there."""
        ...

    def steps(self, event: Any) -> int:
        """By how many steps an event moves on."""
        ...

    def on(self, event: Any) -> Any:
        """The event that moves on, where one more such as this would not."""
        ...


class PadVoice(Voice, Protocol):
    """A voice whose steps are the grid's: it can be spoken to by a pad, which tells beginnings alone."""

    def heard(self, pitches: Sequence[int], held: Sequence[int], since: int) -> tuple[Any, ...]:
        """The events of a step on which pitches begin; `held` have begun `since` steps ago, and perhaps sound still."""
        ...


class MelodyVoice:
    """One event a step; of several tones the highest."""

    barred: tuple[int, ...] = ()

    def call(self, tones: Sequence[Tone], steps: int) -> list[int]:
        """A pitch, its end, or nothing, for each step."""
        return melody_events(tones, steps)

    def tones(self, events: Sequence[int], velocity: int) -> list[Tone]:
        """Each tone from its beginning to its end."""
        return melody_tones(events, velocity)

    def steps(self, event: int) -> int:  # noqa: ARG002
        """One."""
        return 1

    def on(self, event: int) -> int:
        """Every event moves on."""
        return event

    def heard(self, pitches: Sequence[int], held: Sequence[int], since: int) -> tuple[int, ...]:
        """The highest; a tone lasts until the next."""
        if pitches:
            return (max(pitches),)
        return (NOTE_OFF if held and since == _PAD_HOLDS else NO_EVENT,)


class PolyphonyVoice:
    """Pitches, and the end of the step behind them."""

    barred = (START, END)

    def call(self, tones: Sequence[Tone], steps: int) -> list[int]:
        """With the beginning, and without an end."""
        return polyphony_events(tones, steps)

    def tones(self, events: Sequence[int], velocity: int) -> list[Tone]:
        """New pitches begin, continued ones last."""
        return polyphony_tones(events, velocity)

    def steps(self, event: int) -> int:
        """An end of a step is one."""
        return int(event == STEP_END)

    def on(self, event: int) -> int:  # noqa: ARG002
        """An end of the step."""
        return STEP_END

    def heard(self, pitches: Sequence[int], held: Sequence[int], since: int) -> tuple[int, ...]:
        """New pitches, and those that are held until others begin."""
        kept = () if pitches or since >= _PAD_HOLDS else held
        both = [*(NEW + pitch for pitch in pitches), *(CONTINUED + pitch for pitch in kept)]
        return (*sorted(both, key=lambda event: -((event - NEW) % 128)), STEP_END)


class PianorollVoice:
    """The pitches that sound on a step."""

    barred: tuple[int, ...] = ()

    def call(self, tones: Sequence[Tone], steps: int) -> list[tuple[int, ...]]:
        """A frame a step."""
        return list(pianoroll_frames(tones, steps))

    def tones(self, events: Sequence[tuple[int, ...]], velocity: int) -> list[Tone]:
        """Each pitch from where it appears to where it is gone."""
        return pianoroll_tones(events, velocity)

    def steps(self, event: tuple[int, ...]) -> int:  # noqa: ARG002
        """One."""
        return 1

    def on(self, event: tuple[int, ...]) -> tuple[int, ...]:
        """Every frame moves on."""
        return event

    def heard(self, pitches: Sequence[int], held: Sequence[int], since: int) -> tuple[Any, ...]:  # noqa: ARG002
        """Those that begin: a pitch that is held and struck again would be one long tone."""
        return (tuple(sorted(pitches)),)


class PerformanceVoice:
    """Tones begin and end, time passes, the touch changes: in hundredths of a second."""

    barred: tuple[int, ...] = ()

    def __init__(self, settings: card.Encoding) -> None:
        self._bins, self._longest = settings.velocity_bins, settings.longest_shift

    def call(self, tones: Sequence[Tone], steps: int) -> list[PerformanceEvent]:
        """With the time behind the last tone, up to the call's end."""
        events = performance_events(tones, self._bins, self._longest)
        left = steps - sum(map(self.steps, events))
        while left > 0:
            events.append(PerformanceEvent(Kind.TIME_SHIFT, min(left, self._longest)))
            left -= events[-1].value
        return events

    def tones(self, events: Sequence[PerformanceEvent], velocity: int) -> list[Tone]:
        """What has a beginning and a length."""
        return performance_tones(events, self._bins, velocity)

    def steps(self, event: PerformanceEvent) -> int:
        """A shift's."""
        return event.value if event.kind is Kind.TIME_SHIFT else 0

    def on(self, event: PerformanceEvent) -> PerformanceEvent:  # noqa: ARG002
        """The shortest shift."""
        return PerformanceEvent(Kind.TIME_SHIFT, 1)


class NoteTupleVoice:
    """Whole tones, each so long behind the one before."""

    barred: tuple[int, ...] = ()

    def __init__(self, settings: card.Encoding) -> None:
        self._settings = settings

    def call(self, tones: Sequence[Tone], steps: int) -> list[NoteTuple]:  # noqa: ARG002
        """A tuple a tone, none later or longer than the model knows."""
        shift, length = self._settings.longest_shift, self._settings.longest_duration
        told = note_tuples(tones, self._settings.velocity_bins)
        return [one._replace(shift=min(one.shift, shift), length=min(one.length, length)) for one in told]

    def tones(self, events: Sequence[NoteTuple], velocity: int) -> list[Tone]:  # noqa: ARG002
        """Each with its own touch."""
        return tuple_tones(events, self._settings.velocity_bins)

    def steps(self, event: NoteTuple) -> int:
        """From the beginning of the tone before."""
        return event.shift

    def on(self, event: NoteTuple) -> NoteTuple:
        """The same a step later."""
        return event._replace(shift=max(1, event.shift))


def pad_voice_of(settings: card.Encoding) -> PadVoice | None:
    """The voice that a pad can speak to, or None for a model that a pad cannot."""
    if settings.kind in ("melody", "key_melody"):
        return MelodyVoice()
    if settings.kind == "polyphony":
        return PolyphonyVoice()
    return PianorollVoice() if settings.kind == "pianoroll" else None


def voice_of(settings: card.Encoding) -> Voice:
    """The voice of a pitched model."""
    voice = pad_voice_of(settings)
    if voice is not None:
        return voice
    return NoteTupleVoice(settings) if settings.kind == "note_performance" else PerformanceVoice(settings)


class Transposition:
    """By how much a call is moved into a model's range and key, and its answer back: only melodies are.

    The answer comes back by whole octaves only where the call itself lay about where the model sings: a bass drum's
    key is no wish for a bass.
    """

    def __init__(self, settings: card.Encoding) -> None:
        self._lowest, self._highest, self._key = settings.lowest_pitch, settings.highest_pitch, settings.key
        self.moves = settings.kind in ("melody", "key_melody") and (
            settings.key >= 0 or (self._lowest, self._highest) != _EVERY_PITCH
        )

    def of(self, events: Sequence[Any]) -> int:
        """The semitones for a call of these events."""
        if not self.moves:
            return 0
        if self._key < 0:
            return self._octaves(events)
        return transposition(events, self._lowest, self._highest, self._key)

    def there(self, events: Sequence[Any], semitones: int) -> list[Any]:
        """The call's events as the model hears them."""
        return transposed(events, semitones, self._lowest, self._highest) if self.moves else list(events)

    def back(self, answer: Sequence[Any], events: Sequence[Any], semitones: int) -> list[Any]:
        """The events of an answer to a call of these events, as they are to sound."""
        return transposed(answer, self._back(events, semitones), *_EVERY_PITCH) if self.moves else list(answer)

    def _back(self, events: Sequence[int], semitones: int) -> int:
        pitches = [event for event in events if event >= 0]
        centre = (min(pitches) + max(pitches)) / 2 if pitches else self._lowest
        if self._lowest - OCTAVE // 2 <= centre <= self._highest + OCTAVE // 2:
            return -semitones
        key = semitones % OCTAVE
        return -key if key <= OCTAVE // 2 else OCTAVE - key

    def _octaves(self, events: Sequence[int]) -> int:
        pitches = [event for event in events if event >= 0]
        if not pitches:
            return 0
        centre = (min(pitches) + max(pitches)) / 2
        return OCTAVE * round(((self._lowest + self._highest) / 2 - centre) / OCTAVE)
