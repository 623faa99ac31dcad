"""Magenta's MIDI interface, defect 13: it played by the wall clock, which jumps when the network comes up."""

import ast
from pathlib import Path

APPLIANCE = Path(__file__).parents[2] / "appliance"
WALL = {"time", "time_ns", "ctime", "localtime", "gmtime"}
# Where a date is written and nothing is timed by it: a time tag of OSC, a journal's first line, the day of an update,
# the last day of a login (it outlives the process that noted it).
DATES = {
    "drivers/osc_socket.py",
    "drivers/panel_gate.py",
    "commands/journals.py",
    "drivers/update_surroundings.py",
}


def wall_clocks(path):
    """The calls of a file that ask the wall clock."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            asked = ast.unparse(node.func)
            if asked in {f"time.{name}" for name in WALL} or asked.endswith(("datetime.now", "datetime.utcnow")):
                yield f"{path.relative_to(APPLIANCE)}: {asked}"


def test_nothing_in_the_box_is_timed_by_the_wall_clock():
    files = [path for path in APPLIANCE.rglob("*.py") if str(path.relative_to(APPLIANCE)) not in DATES]
    assert [call for path in files for call in wall_clocks(path)] == []
