"""What a replay found, in words."""

import msgspec

from appliance.happenings import Told
from appliance.replay import Verdict

_LONGEST = 400  # characters of a happening: enough to see what it is


def as_text(verdict: Verdict, lasted: float, took: float) -> str:
    """A few lines for a terminal: an evening that `lasted` so many seconds was repeated in `took`."""
    minutes, seconds = divmod(round(lasted), 60)
    evening = f"{minutes} min {seconds} s, {verdict.inputs} inputs, repeated in {took:.2f} s"
    if verdict.same == verdict.answers:
        found = f"{_answers(verdict)}, every one the same"
    else:
        found = f"{_answers(verdict)}, {verdict.answers - verdict.same} of them are not the same"
    lines = [f"{evening}: {found}"]
    if verdict.difference is not None:
        where, then, now = verdict.difference
        lines += [f"first difference at {where}", f"  then: {_words(then)}", f"  now:  {_words(now)}"]
    return "\n".join(lines)


def _answers(verdict: Verdict) -> str:
    return f"{verdict.answers} answer{'s' * (verdict.answers != 1)}"


def _words(told: Told | None) -> str:
    if told is None:
        return "nothing"
    text = msgspec.json.encode(told).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
