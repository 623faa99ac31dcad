"""The contracts of pyproject.toml hold, and a word about size: files stay files that one can read at a sitting."""

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
SOURCES = [path for folder in ("appliance", "converter") for path in sorted((REPOSITORY / folder).rglob("*.py"))]
BANNED = {"manager", "utils", "helpers", "common", "core", "base", "misc", "handler", "processor", "engine"}


def test_the_import_contracts_hold():
    use_cases = pytest.importorskip("importlinter.cli", reason="import-linter comes with the dev extra")
    assert use_cases.lint_imports(config_filename=str(REPOSITORY / "pyproject.toml")) == 0


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_a_file_is_one_noun_and_no_book(path):
    assert len(path.read_text().splitlines()) <= 400
    assert path.stem not in BANNED
