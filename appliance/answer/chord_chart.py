"""A tune's chords, bar by bar, as a lead sheet has them."""

from appliance.answer.chord import OCTAVE, Chord, chord_of

_MOST_BARS = 1024


class ChordChart:
    """Chords over the bars of a call and its answer; behind the last bar it begins again."""

    def __init__(self, text: str) -> None:
        """`text`: a chord a bar, as "C Am F G"; or with bar lines, and then as many as there are in each: "C | F G".

        The chords of a bar share it evenly, and an empty bar has those of the one before. Raises: ValueError for what
        is no chord.
        """
        bars = [bar.split() for bar in text.split("|")] if "|" in text else [[symbol] for symbol in text.split()]
        # A line may begin and end with a bar line.
        bars = bars[not bars[0] :] if bars else []
        bars = bars[:-1] if len(bars) > 1 and not bars[-1] else bars
        self._bars: list[list[Chord | None]] = []
        for symbols in bars[:_MOST_BARS]:
            before = self._bars[-1][-1] if self._bars else None
            self._bars.append([chord_of(symbol) for symbol in symbols] or [before])

    @property
    def chords(self) -> list[Chord | None]:
        """All of them."""
        return [chord for bar in self._bars for chord in bar]

    def at(self, bar: float) -> Chord | None:
        """The chord at a place counted in bars from the call's first; None for no chord."""
        if not self._bars:
            return None
        chords = self._bars[int(bar) % len(self._bars)]
        return chords[min(len(chords) - 1, int(bar % 1 * len(chords)))]


def moved(chord: Chord | None, semitones: int) -> Chord | None:
    """The chord so many semitones higher."""
    if chord is None:
        return None
    pitches = frozenset((pitch + semitones) % OCTAVE for pitch in chord.pitches)
    return Chord((chord.root + semitones) % OCTAVE, (chord.bass + semitones) % OCTAVE, pitches, chord.triad)
