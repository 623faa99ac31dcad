"""The headers that are made from the appliance's tables are as they would be made again."""

from hw.firmware.make_tables import SOURCES, as_built_in, as_lamp_codes


def test_the_headers_are_made_of_the_tables_as_they_are() -> None:
    hint = "make them again: python -m hw.firmware.make_tables"
    assert (SOURCES / "lamp_codes.h").read_text("utf-8") == as_lamp_codes(), hint
    assert (SOURCES / "built_in.h").read_text("utf-8") == as_built_in(), hint
