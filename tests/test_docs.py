"""What the documents say is so."""

import re
from pathlib import Path

import pytest

from appliance.__main__ import COMMANDS
from appliance.answer.settings import Mode
from appliance.turn import TRANSITIONS, Turn

REPOSITORY = Path(__file__).parents[1]
DOCUMENTS = sorted(
    path
    for path in REPOSITORY.rglob("*.md")
    if not any(part.startswith(".") for part in path.relative_to(REPOSITORY).parts)
)


@pytest.mark.parametrize(
    ("mode", "place", "left_out"),
    [
        (Mode.ANSWER, 0, {Turn.ACCOMPANYING}),
        (Mode.TRADE, 1, {Turn.ACCOMPANYING}),
        (Mode.ACCOMPANY, 2, {Turn.LISTENING, Turn.ANSWERING}),
    ],
)
def test_the_drawings_of_the_turns_are_made_of_the_tables(mode, place, left_out):
    """Turns that a mode never has are not drawn: tests/test_panic.py reaches all others."""
    drawings = (REPOSITORY / "docs/path_of_a_hit.md").read_text().split("```mermaid")[1:]
    drawn = re.findall(r"^    (\w+) --> (\w+): ([\w ]+)$", drawings[place].partition("```")[0], re.MULTILINE)
    rows = {turn: row for turn, row in TRANSITIONS[mode].items() if turn not in left_out}
    assert sorted(drawn) == sorted(
        (turn.value, then.value, event.value) for turn, row in rows.items() for event, then in row.items()
    )


def test_an_echo_takes_turns_as_an_answer_does():
    assert TRANSITIONS[Mode.ECHO] == TRANSITIONS[Mode.ANSWER]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_link_and_picture_leads_somewhere(document):
    for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
        assert (document.parent / target).exists(), target


def test_every_command_in_the_readme_exists():
    named = set(re.findall(r"ghostnote (\w+)", (REPOSITORY / "README.md").read_text()))
    assert named
    assert named <= set(COMMANDS)


def test_every_file_named_in_the_path_of_a_hit_exists():
    named = re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py)`", (REPOSITORY / "docs/path_of_a_hit.md").read_text())
    files = [str(path) for folder in ("appliance", "bench") for path in (REPOSITORY / folder).rglob("*.py")]
    missing = [name for name in named if not any(file.endswith("/" + name) for file in files)]
    assert not missing
