"""USB drum pads that are plugged and unplugged, before the unmodified drivers and a real ALSA sequencer.

Runs in the emulated board alone (run.sh): the pad is dummy_hcd's, the card snd-usb-audio's. It says a line for each
check and exits with the number of those that failed.
"""

import random
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from appliance.pad.ports import Wanted
from tests.board.drummer import CLIENTS, drummer
from tests.board.gadget import Gadget
from tests.board.witness import Witness

CYCLES = int(sys.argv[1]) if len(sys.argv) > 1 else 50
QUEUES = Path("/proc/asound/seq/queues")
PROMISED = 1.0  # s from plugging to the first hit that is heard

LEFT, RIGHT = Gadget(0, "USB Drum Pad"), Gadget(1, "Second Pad")


def census() -> dict[str, int]:
    """What a leak would show in."""
    return {
        "threads": threading.active_count(),
        "tasks": len(list(Path("/proc/self/task").iterdir())),
        "files": len(list(Path("/proc/self/fd").iterdir())),
        "clients": CLIENTS.read_text().count('"Ghostnote"'),
        "queues": QUEUES.read_text().count("owned by"),
    }


def resident() -> int:
    """kB."""
    words = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(words.split()[1])


def a_pad_that_is_there_is_heard_and_the_gadgets_side_is_not() -> str:
    LEFT.plug()
    time.sleep(1.0)
    with drummer(Wanted("pad", "")) as who:
        seconds = who.strike_until_heard(LEFT, "pad", time.monotonic())
        assert [change.port.startswith("USB Drum Pad:") for change in who.found] == [True], who.found
    LEFT.unplug()
    return f"{who.found[0].port}, {1e3 * seconds:.0f} ms"


def a_message_that_is_read_late_has_the_instant_of_its_arrival() -> str:
    LEFT.plug()
    with drummer(Wanted("pad", "")) as who:
        who.strike_until_heard(LEFT, "pad", time.monotonic())
        late = []
        for _ in range(20):
            time.sleep(0.3)
            who.hits(0.0)
            struck = time.monotonic()
            while not LEFT.strike():
                time.sleep(0.001)
            time.sleep(0.2)
            late += [hit.time - struck for _, hit in who.hits(0.0)]
    LEFT.unplug()
    assert len(late) == 20, late
    assert min(late) > -0.002, late
    median = sorted(late)[10]
    assert median < 0.05, late
    return (
        f"stamped {1e3 * median:.1f} ms behind the strike (median, {1e3 * max(late):.1f} ms at most), read after 200 ms"
    )


def a_pad_is_unplugged_and_plugged_again_and_again() -> str:
    """Slowly, fast, and so fast that no listing could show it."""
    chance = random.Random(5)
    witness = Witness(Path("/tmp/standstills"))
    with drummer(Wanted("pad", "")) as who:
        whole, spans, late, before, memory = [], [], [], {}, 0
        LEFT.plug()
        who.strike_until_heard(LEFT, "pad", time.monotonic())
        for cycle in range(CYCLES):
            LEFT.unplug()
            pause = chance.choice((0.0, 0.0, chance.uniform(0.0, 0.1), chance.uniform(0.1, 1.0)))
            if pause > 0.1:
                who.see_lost(len(who.lost) + 1)
            time.sleep(pause)
            who.hits(0.0)
            plugged = time.monotonic()
            LEFT.plug()
            whole.append(who.strike_until_heard(LEFT, "pad", plugged))
            assert who.enumerated >= plugged, "the kernel did not say that it had the pad"
            spans.append((who.enumerated, plugged + whole[-1]))
            if plugged + whole[-1] > who.enumerated + PROMISED:
                late.append((cycle, spans[-1], who.found[-1].time, who.taken))
            if cycle == min(20, CYCLES // 2):
                before, memory = census(), resident()
            if cycle % 100 == 99:
                said = f"{max(heard - ready for ready, heard in spans):.2f} s at most, {resident()} kB, {census()}"
                print(f"board: {cycle + 1} cycles, {said}", flush=True)
        after, growth = census(), resident() - memory
        LEFT.unplug()
    witness.dismiss()
    for cycle, (ready, heard), found, taken in late:
        instants = ", ".join(f"{word} {at - ready:.2f} s" for word, at in (("found", found), ("struck", taken)))
        stood = f"heard {heard - ready:.2f} s; the board stood still for {witness.stood(ready, heard):.2f} s of it"
        print(f"board: cycle {cycle}: {instants}, {stood}", flush=True)
    ours = [heard - ready for ready, heard in spans]
    still = [witness.stood(ready, heard) for ready, heard in spans]
    said = f"first hit heard {spread(ours)} after the kernel had the pad, {spread(whole)} after plugging"
    said = f"{said}; the board itself stood still for {max(still):.2f} s at most; {after}, {growth} kB more"
    assert all(took - stood <= PROMISED for took, stood in zip(ours, still, strict=True)), said
    assert after == before, (before, after)
    assert growth < 1024, said
    return said


def spread(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    within = sum(one <= PROMISED for one in seconds)
    median = ordered[len(ordered) // 2]
    return f"{median:.2f} s (median, {ordered[-1]:.2f} s at most, {within} of {len(ordered)} within {PROMISED:.0f} s)"


def two_pads_come_and_go_in_any_order() -> str:
    chance = random.Random(7)
    both = (Wanted("left", "USB Drum*"), Wanted("right", "Second"))
    gadgets = {"left": LEFT, "right": RIGHT}
    rounds = max(5, CYCLES // 10)
    with drummer(*both) as who:
        plugged: set[str] = set()
        for _ in range(rounds):
            for name in chance.sample(["left", "right"], 2):
                if name in plugged and chance.random() < 0.7:
                    gadgets[name].unplug()
                    plugged.remove(name)
                if name not in plugged and chance.random() < 0.7:
                    gadgets[name].plug()
                    plugged.add(name)
            for name in plugged:
                who.strike_until_heard(gadgets[name], name, time.monotonic())
        for name in plugged:
            gadgets[name].unplug()
    return f"{rounds} rounds, {len(who.found)} times found, {len(who.lost)} times lost"


def a_flood_costs_no_panic() -> str:
    """Ten thousand note-ons as fast as USB takes them, a panic behind them, and a hit."""
    LEFT.plug()
    with drummer(Wanted("pad", "")) as who:
        who.strike_until_heard(LEFT, "pad", time.monotonic())
        began, sent, before = time.monotonic(), 0, who.messages
        while sent < 10_000:
            sent += LEFT.strike(bytes((0x99, 36 + sent % 40, 100)))
            who.hits(0.0)
        rate = sent / (time.monotonic() - began)
        presses, end = 0, time.monotonic() + PROMISED
        while not who.panics:
            assert time.monotonic() < end, f"{presses} panics were not heard"
            presses += LEFT.strike(bytes((0xB9, 120, 0)))
            who.hits(0.1)
        heard = who.messages - before
        seconds = who.strike_until_heard(LEFT, "pad", time.monotonic())
    LEFT.unplug()
    said = f"{rate:.0f} messages a second, {heard} of {sent} came through, panic heard after {presses} presses"
    return f"{said}, the next hit after {1e3 * seconds:.0f} ms"


def ports_that_close_while_they_are_played_do_not_hang() -> str:
    LEFT.plug()
    time.sleep(1.0)
    stop = threading.Event()

    def play() -> None:
        while not stop.is_set():
            LEFT.strike(bytes((0x99, 38, 100)) * 8)

    before = census()
    player = threading.Thread(target=play)
    player.start()
    for _ in range(20):
        with drummer(Wanted("pad", "")) as who:
            who.hits(0.05)
    stop.set()
    player.join()
    LEFT.unplug()
    after = census()
    assert after["tasks"] == before["tasks"], (before, after)
    assert after["clients"] == before["clients"] == 0, (before, after)
    return f"20 times opened and closed in mid-roll, {after}"


CHECKS: list[Callable[[], str]] = [
    a_pad_that_is_there_is_heard_and_the_gadgets_side_is_not,
    two_pads_come_and_go_in_any_order,
    a_flood_costs_no_panic,
    a_message_that_is_read_late_has_the_instant_of_its_arrival,
    ports_that_close_while_they_are_played_do_not_hang,
    a_pad_is_unplugged_and_plugged_again_and_again,
]


def main() -> int:
    failed = 0
    for check in CHECKS:
        try:
            print(f"board: {check.__name__}: {check()}", flush=True)
        except AssertionError as error:
            failed += 1
            print(f"board: {check.__name__}: FAILED: {error!r}", flush=True)
            for gadget in (LEFT, RIGHT):
                gadget.unplug()
    return failed


if __name__ == "__main__":
    sys.exit(main())
