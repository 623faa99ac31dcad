"""The printed card says what the lamp does."""

import xml.etree.ElementTree as ElementTree

from appliance.status.codes import MEANINGS
from docs.make_code_card import DOCS, as_markdown, as_svg, rows


def test_the_card_is_made_of_the_table_as_it_is_now() -> None:
    hint = "make it again: make drawings"
    assert (DOCS / "code_card.md").read_text("utf-8") == as_markdown(), hint
    assert (DOCS / "code_card.svg").read_text("utf-8") == as_svg(), hint


def test_every_code_is_on_the_card_once() -> None:
    printed = [code for code, _ in rows()]
    assert sorted(printed) == sorted(MEANINGS)


def test_the_page_holds_everything_that_is_drawn() -> None:
    page = ElementTree.fromstring(as_svg())
    width, height = (float(side) for side in page.attrib["viewBox"].split()[2:])
    for shape in page.iter():
        assert float(shape.attrib.get("y", 0)) + float(shape.attrib.get("height", "0").removesuffix("mm")) <= height
        if shape.tag.endswith("rect"):
            assert float(shape.attrib.get("x", 0)) + float(shape.attrib["width"]) <= width
