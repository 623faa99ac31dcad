"""The page's files: small, without a word of inline code, and every text in every language."""

import re
from pathlib import Path

import pytest

from appliance.controls.control import Control
from appliance.notation.drums import KEYS
from appliance.status.codes import Code

PAGE = Path(__file__).parents[2] / "appliance" / "panel" / "page"
FILES = sorted(file for file in PAGE.rglob("*") if file.is_file())
SCRIPTS = [file for file in FILES if file.suffix == ".js"]
LANGUAGES = sorted(
    {file.name.partition("_")[0].removesuffix(".js") for file in (PAGE / "open" / "words").glob("*.js")} - {"words"}
)

_TEXT = re.compile(r'^  (?:"([^"]+)"|(\w+)): "((?:[^"\\]|\\.)*)",$', re.MULTILINE)


def texts(language):
    files = sorted((PAGE / "open" / "words").glob(f"{language}*.js"))
    return {quoted or bare: text for file in files for quoted, bare, text in _TEXT.findall(file.read_text("utf-8"))}


def test_the_whole_page_weighs_at_most_300_kb():
    assert sum(file.stat().st_size for file in FILES) <= 300_000


@pytest.mark.parametrize(
    "file", [file for file in FILES if file.suffix in (".html", ".js")], ids=lambda file: file.name
)
def test_no_file_has_what_the_policy_forbids(file):
    text = file.read_text("utf-8")
    for forbidden in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        " style=",
        "javascript:",
    ):
        assert forbidden not in text
    if file.suffix == ".html":
        assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
        assert "<style" not in text
    assert set(re.findall(r"https?://[\w./]+", text)) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_file_is_long(file):
    assert file.read_text("utf-8").count("\n") <= 400


def test_there_is_more_than_one_language():
    assert LANGUAGES == ["en", "et"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_the_same_values(language):
    english, other = texts("en"), texts(language)
    assert other.keys() == english.keys()
    for key, text in other.items():
        assert text.strip(), key
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english[key])), key


def test_every_module_of_the_page_is_asked_for_at_once():
    """Else the browser would find one behind the other, a way to the box and back for each step."""
    wanted, found = [PAGE / "panel.js"], set()
    while wanted:
        module = wanted.pop()
        if module not in found:
            found.add(module)
            names = re.findall(r'^import [^;]*?"([^"]+)";', module.read_text("utf-8"), re.MULTILINE)
            wanted += [PAGE / name[1:] if name.startswith("/") else (module.parent / name).resolve() for name in names]
    loaded = re.findall(
        r'<link rel="modulepreload" href="/(?:page/)?([^"]+)">', (PAGE / "index.html").read_text("utf-8")
    )
    assert sorted(loaded) == sorted(file.relative_to(PAGE).as_posix() for file in found - {PAGE / "panel.js"})


def test_every_text_that_is_asked_for_is_there():
    known = texts("en")
    for file in SCRIPTS:
        for key in re.findall(r'\bwords\("([^"]+)"', file.read_text("utf-8")):
            assert key in known, f"{file.name}: {key}"


def test_every_control_code_and_drum_of_the_box_has_words():
    known = texts("en")
    wanted = [f"control.{control}" for control in Control]
    wanted += [f"code.{code}{part}" for code in Code for part in ("", ".do")]
    wanted += [f"drum.{form}{drum.label}" for drum in KEYS for form in ("", "short.")]
    assert [key for key in wanted if key not in known] == []


def test_the_page_groups_keys_as_the_box_does():
    text = (PAGE / "kit_order.js").read_text("utf-8")
    groups = {
        name: tuple(map(int, keys.split(",")))
        for name, keys in re.findall(r"^  (\w+): \[([\d, ]+)\],$", text, re.MULTILINE)
    }
    assert groups == {drum.label: keys for drum, keys in KEYS.items()}
    order = re.findall(r'name: "(\w+)", code: "Key(\w)", letter: "(\w)", key: (\d+)', text)
    assert [(name, int(key)) for name, _, _, key in order] == [(drum.label, keys[0]) for drum, keys in KEYS.items()]
    assert all(code == letter for _, code, letter, _ in order)
