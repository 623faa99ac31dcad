"""What the documents say is so."""

import re
from pathlib import Path

import pytest

from appliance.__main__ import COMMANDS
from appliance.turn import TRANSITIONS

REPOSITORY = Path(__file__).parents[1]
DOCUMENTS = sorted(
    path
    for path in REPOSITORY.rglob("*.md")
    if not any(part.startswith(".") for part in path.relative_to(REPOSITORY).parts)
)


def test_the_drawing_of_the_turns_is_made_of_the_table():
    text = (REPOSITORY / "docs/path_of_a_hit.md").read_text()
    drawn = set(re.findall(r"^    (\w+) --> (\w+): ([\w ]+)$", text, re.MULTILINE))
    table = {(turn.value, then.value, event.value) for turn, row in TRANSITIONS.items() for event, then in row.items()}
    assert drawn == table


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
