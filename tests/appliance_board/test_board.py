"""An emulated board with the card in it: power on, and it plays; whatever dies, it plays on. `make board`.

Every span is by the board's own clock. What an emulated processor makes late is in the limits, and said.
"""

import signal
import time

import pytest

from appliance.status.presses import HOLD
from tests.appliance_board import concert
from tests.appliance_board.board import UNITS, Board, new_card
from tests.appliance_board.conftest import SETTINGS
from tests.appliance_board.releases import make_key

PATIENCE = 900.0  # s for a start or a unit's return, on a busy host
REPLUGS = 100
HIT = f"99{concert.SNARE:02x}64"

# Seconds by the board's clock: a stick's longest push (ghostnote.toml), a guard's patience, and twice what the watcher
# needs to see an edge.
DEAD = 0.050 + 0.050
HUNG = 0.300 + 0.300
MEMORY = 140 * 1024  # kB of all processes with one model (PSS: what is shared counts once)


@pytest.fixture(scope="module")
def card(board_folder, tmp_path_factory):
    """A new card with the owner's files on it, and a folder for the board that it is put into."""
    work = tmp_path_factory.mktemp("board")
    key = make_key(work, "key")
    owner = {
        "ghostnote.toml": SETTINGS,
        "allowed_signers": key.with_name("key.signers"),
        "authorized_keys": key.with_name("key.pub"),
    }
    return new_card(board_folder, work / "card", owner), work


@pytest.fixture(scope="module")
def board(board_folder, board_arch, card):
    file, work = card
    with Board(board_folder, file, work, arch=board_arch) as board:
        board.await_watcher(PATIENCE)
        yield board


def pid(board, unit):
    return int(board.units()[unit]["MainPID"])


def await_back(board, unit, before, harmed):
    """Seconds of the board's own behind the harm until the unit has another process, which is ready."""
    end = time.monotonic() + PATIENCE
    while True:
        state = board.units()[unit]
        if state["SubState"] == "running" and int(state["MainPID"]) not in (0, before):
            return int(state["ActiveEnterTimestampMonotonic"]) / 1e6 - harmed
        assert time.monotonic() < end, state
        board.ask("pause", seconds=1.0)


def low_behind(heard):
    """When the last line that was high at the harm, or rose behind it, was low again; seconds behind it."""
    falls = [at - heard["harmed"] for at, _, level in heard["edges"] if not level and at > heard["harmed"]]
    return falls[0] if falls else None


def test_power_on_and_it_plays(board):
    states = board.await_ready(PATIENCE)
    for unit in UNITS:
        began, ready = (
            int(states[unit][f"{name}TimestampMonotonic"]) / 1e6 for name in ("InactiveExit", "ActiveEnter")
        )
        print(f"{unit}: from {began:.1f} to {ready:.1f} s")
    assert set(board.ask("levels", gpios=concert.LINES).values()) == {0}
    heard = concert.play(board)
    off = concert.check_answer(heard)
    first = concert.pushes(heard)[0][0] - heard["sent"][0]
    print(f"{len(off)} strokes, the first {first:.2f} s behind the first hit, {1e3 * max(off):.1f} ms off at most")
    assert set(heard["levels"].values()) == {0}


def test_the_striker_is_ready_before_the_player_and_its_lamp_lit(board):
    states = board.await_ready(PATIENCE)
    ready = {unit: int(states[unit]["ActiveEnterTimestampMonotonic"]) for unit in UNITS}
    assert ready["ghostnote-striker"] < ready["ghostnote-player"]
    assert board.ask("play", messages=[], gpios=[concert.LAMP], seconds=8.0)["edges"], "the lamp does nothing"


def test_all_processes_are_small(board):
    board.await_ready(PATIENCE)
    found = board.ask("memory")
    print("\n".join(f"{process}: {kilobytes}" for process, kilobytes in found.items()))
    all_of_them = sum(kilobytes["pss"] for kilobytes in found.values())
    print(f"together {all_of_them} kB")
    assert all_of_them < MEMORY


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
def test_a_striker_that_goes_in_mid_stroke_leaves_no_line_high_and_is_back(board, number):
    board.await_ready(PATIENCE)
    before = pid(board, "ghostnote-striker")
    heard = concert.play(board, at=concert.BAR, high=True, pid=before, signal=int(number))
    assert heard["harmed"], "no line was high"
    low = low_behind(heard)
    print(f"low {1e3 * low:.1f} ms behind the signal")
    assert low < (DEAD if number == signal.SIGKILL else HUNG)
    print(f"back after {await_back(board, 'ghostnote-striker', before, heard['harmed']):.1f} s")
    board.await_ready(PATIENCE)
    concert.check_answer(concert.play(board))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
def test_a_player_that_goes_in_mid_song_does_not_stop_the_drums(board, number):
    """What it had sent is struck, at its places; it is back, and answers the next call."""
    board.await_ready(PATIENCE)
    before = pid(board, "ghostnote-player")
    heard = concert.play(board, 9 * concert.BAR, bars=(0, 2, 4), at=3.2 * concert.BAR, high=False, pid=before,
                         signal=int(number))  # fmt: skip
    first, harmed = heard["sent"][0], heard["harmed"]
    rest = [(at, key) for at, key in concert.pushes(heard) if at > harmed]
    print(f"behind the signal, in bars: {[(round((at - first) / concert.BAR, 2), key) for at, key in rest]}")
    assert [at for at, _ in rest if at < first + 4 * concert.BAR], "the drums stopped"
    assert max(concert.off_the_grid(at, key, first) for at, key in rest) < concert.SLACK
    assert set(heard["levels"].values()) == {0}
    print(f"back after {await_back(board, 'ghostnote-player', before, heard['harmed']):.1f} s")
    board.await_ready(PATIENCE)
    concert.check_answer(concert.play(board))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
def test_a_groove_goes_on_without_its_player(board, number):
    """An answer goes round; who sends it goes. What it sent for bars to come is struck, then the striker repeats the
    last whole bar four times (strike.groove_bars), on the beat, and rests."""
    board.await_ready(PATIENCE)
    before = pid(board, "ghostnote-player")
    board.ask("play", messages=[(0.0, concert.LOOP)], gpios=[concert.LAMP], seconds=1.0)
    heard = concert.play(board, 17 * concert.BAR, at=3.2 * concert.BAR, high=False, pid=before, signal=int(number))
    first = heard["sent"][0]
    bars = concert.bars_of(heard)
    print(f"bars {min(bars)} to {max(bars)}: {bars[3]}")
    assert len(bars[3]) >= 3
    # A loop is sent eight seconds ahead, and played alone for four bars.
    kept = [bars.get(bar) for bar in range(4, 11)]
    assert kept == [bars[3]] * len(kept), f"the drums did not keep the groove: {bars}"
    assert max(bars) <= 15
    assert set(heard["levels"].values()) == {0}
    assert max(concert.off_the_grid(at, key, first) for at, key in concert.pushes(heard)) < concert.SLACK
    print(f"back after {await_back(board, 'ghostnote-player', before, heard['harmed']):.1f} s")
    board.await_ready(PATIENCE)
    concert.check_answer(concert.play(board))


@pytest.mark.parametrize("unit", ["ghostnote-out", "ghostnote-doctor", "ghostnote-panel"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
def test_whoever_else_goes_is_not_heard(board, unit, number):
    board.await_ready(PATIENCE)
    before = pid(board, unit)
    heard = concert.play(board, at=0.5 * concert.BAR, high=False, pid=before, signal=int(number))
    concert.check_answer(heard)
    print(f"back after {await_back(board, unit, before, heard['harmed']):.1f} s")


def test_a_pad_that_comes_back_is_heard_within_a_second_a_hundred_times(board):
    board.await_ready(PATIENCE)
    board.ask("play", messages=[(0.0, concert.THRU)], gpios=[concert.LAMP], seconds=1.0)
    waits = []
    for turn in range(REPLUGS):
        found = board.ask("replug", gpio=23, message=HIT, out=0.05 + 0.013 * (turn % 50), patience=20.0)
        assert "high" in found, f"turn {turn}: nothing was struck: {found}"
        waits.append(found["high"] - found["port"])
    board.ask("play", messages=[(0.0, concert.NO_THRU)], gpios=[concert.LAMP], seconds=1.0)
    ordered = sorted(waits)
    print(f"from the kernel's port to a stick's line: {ordered[REPLUGS // 2]:.2f} s, {ordered[-1]:.2f} s at most")
    assert ordered[-1] < 1.0, waits


@pytest.mark.parametrize("words", ["panic=5", "panic=0"], ids=["panics", "hangs"])
def test_a_kernel_that_dies_is_started_again_and_plays(board_folder, board_arch, card, board, words):
    """By its own panic, and where that is not to start it again by the watchdog."""
    board.cut()
    file, work = card
    with Board(board_folder, file, work, arch=board_arch, words=words, watchdog=True) as again:
        again.await_watcher(PATIENCE)
        again.await_ready(PATIENCE)
        again.begin("run", command="echo c >/proc/sysrq-trigger", timeout=5.0)
        crashed = time.monotonic()
        again.await_again(PATIENCE)
        print(f"{words}: the watcher is back {time.monotonic() - crashed:.0f} s behind the crash")
        again.await_ready(PATIENCE)
        concert.check_answer(concert.play(again))


def test_the_crews_button_switches_the_box_off(board_folder, board_arch, card, board):
    board.cut()
    file, work = card
    with Board(board_folder, file, work, arch=board_arch) as again:
        again.await_watcher(PATIENCE)
        again.await_ready(PATIENCE)
        concert.check_answer(concert.play(again))
        again.begin("press", gpio=concert.SHUTDOWN, seconds=HOLD + 1.0)
        again.await_off(PATIENCE)
        assert "Power down" in again.said()
