"""The calls and answers of an evening for a page, and how much there is of each evening."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from appliance.happenings import AnswerEnded
from appliance.notation.hit import Hit
from appliance.notation.timeline import Timeline
from appliance.views.journal import Entry
from appliance.views.phrases import Phrase, Phrases


def phrase_book(entries: Iterable[Entry]) -> list[tuple[Phrase, float | None]]:
    """Each with the log-likelihood of an answer, in nats, where it was sounded to its end."""
    phrases, nats, found = Phrases(), dict[str, float](), list[tuple[Phrase, float | None]]()
    for entry in entries:
        if isinstance(entry.event, AnswerEnded):
            nats[entry.duet] = entry.event.log_likelihood
        for phrase in phrases.see(entry):
            found.append((phrase, nats.pop(phrase.duet, None) if phrase.kind == "answer" else None))
    found += [(phrase, nats.pop(phrase.duet, None) if phrase.kind == "answer" else None) for phrase in phrases.rest()]
    return found


def as_page(phrase: Phrase, nats: float | None = None) -> dict[str, Any]:
    """A phrase as the page draws and sounds it."""
    grid = phrase.timeline.grid
    return {
        "number": phrase.number,
        "duet": phrase.duet,
        "kind": phrase.kind,
        "qpm": grid.qpm,
        "meter": str(grid.meter),
        "steps": phrase.track.length,
        "step_seconds": grid.step_seconds,
        "steps_per_bar": grid.steps_per_bar,
        "log_likelihood": nats,
        "notes": [[note.step, note.pitch, note.velocity] for note in phrase.track.notes],
        "hits": [_hit(hit, phrase.timeline) for hit in phrase.hits],
    }


def counted(parts: Iterable[Path]) -> dict[str, int]:
    """How many calls and answers an evening's files have, without reading them line by line."""
    calls = answers = size = 0
    for path in parts:
        with path.open("rb") as file:
            for line in file:
                size += len(line)
                calls += b'"type":"CallEnded"' in line[:200]
                answers += b'"type":"AnswerBegan"' in line[:200]
    return {"calls": calls, "answers": answers, "bytes": size}


def _hit(hit: Hit, timeline: Timeline) -> list[float]:
    return [round(hit.time - timeline.origin, 4), hit.pitch, hit.velocity]
