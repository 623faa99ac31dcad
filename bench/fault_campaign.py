"""Faults at random instants in the middle of a song: what is left high, what is not struck, who is back when.

    python -m bench.fault_campaign [--faults 1000] [--seed 1] [--json FILE]

A player sends sixteen strokes a second to a striker whose motors are on paper (drivers/paper_bridge.py), guarded as
real ones are. In the first half of the campaign the player and the socket suffer, and no stroke may be lost; in the
second the striker itself, and it is started again as systemd would. From the paper every line's every high time is
read, and all writes go through the checker of the tests.
"""

import random
import select
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from appliance.drivers.paper_bridge import BROKEN, REFUSED
from appliance.notation.hit import Stroke
from appliance.settings import load_settings
from appliance.strike.kit import StrikeSettings
from appliance.strike.wire import Strokes
from bench.campaign_player import BAR
from bench.paper_findings import AFTERMATH, Findings
from bench.report import Row, options, publish
from bench.song_under_fault import Campaign

# Where files are kept in memory: on a disk a write to the paper waits, now and then, for the disk.
MEMORY = Path("/dev/shm")


def kill_player(campaign: Campaign) -> None:
    campaign.spend_until_the_player_is_there()
    campaign.player.send(signal.SIGKILL)


def stop_player(campaign: Campaign) -> None:
    campaign.spend_until_the_player_is_there()
    campaign.player.send(signal.SIGSTOP)
    campaign.later(campaign.chance.uniform(0.05, 2.5), lambda: campaign.player.send(signal.SIGCONT))


def send_garbage(campaign: Campaign) -> None:
    client = campaign.vandal()
    if client is not None:
        _push(client, campaign.chance.randbytes(campaign.chance.choice((1, 40, 9000))))


def fill_socket(campaign: Campaign) -> None:
    """A client that asks for more than anybody can play, and never reads."""
    client = campaign.vandal()
    old = Strokes(9, tuple(Stroke(1.0, 1, 1) for _ in range(32)))
    packet = msgspec.msgpack.encode(old)
    while client is not None and _push(client, packet):
        pass


def come_and_go(campaign: Campaign) -> None:
    client = campaign.vandal()
    if client is not None:
        client.close()


def kill_striker(campaign: Campaign) -> None:
    campaign.striker.error = campaign.folder / "striker.err"
    campaign.striker.send(signal.SIGKILL)


def kill_striker_and_fill_disk(campaign: Campaign) -> None:
    """Its successor's every word meets a full disk."""
    campaign.striker.error = Path("/dev/full")
    campaign.striker.send(signal.SIGKILL)


def stop_striker(campaign: Campaign) -> None:
    campaign.striker.send(signal.SIGSTOP)
    campaign.later(campaign.chance.uniform(0.001, 0.7), campaign.let_striker_go)


def end_striker(campaign: Campaign) -> None:
    campaign.striker.send(signal.SIGTERM)


def break_driver(campaign: Campaign) -> None:
    campaign.paper.fail(campaign.chance.randrange(8), BROKEN)


def refuse_write(campaign: Campaign) -> None:
    """A motor is taken out of play; some time later the crew starts the striker again."""
    campaign.paper.fail(campaign.chance.randrange(8), REFUSED)
    campaign.later(0.4, lambda: campaign.striker.send(signal.SIGTERM))


def _push(client: socket.socket, packet: bytes) -> bool:
    try:
        client.send(packet)
    except OSError:
        return False
    return bool(select.select((), (client,), (), 0.0)[1])


TO_THE_PLAYER: dict[str, Callable[[Campaign], None]] = {
    "player killed": kill_player,
    "player stopped": stop_player,
    "garbage frame": send_garbage,
    "full socket": fill_socket,
    "client comes and goes": come_and_go,
}
TO_THE_STRIKER: dict[str, Callable[[Campaign], None]] = {
    "striker killed": kill_striker,
    "striker killed, disk full": kill_striker_and_fill_disk,
    "striker stopped": stop_striker,
    "striker told to end": end_striker,
    "driver raises": break_driver,
    "pins refuse a write": refuse_write,
    "player killed beside": kill_player,
}


def conduct(folder: Path, faults: int, seed: int) -> Findings:
    """A whole campaign: half of the faults to the player and the socket, half to the striker."""
    campaign = Campaign(folder, random.Random(seed))
    try:
        campaign.spend_until_the_player_is_there()
        begun = max(campaign.origin, time.monotonic() + 0.5)  # a busy machine may need longer to start it than planned
        campaign.spend(3.0)
        campaign.suffer(TO_THE_PLAYER, faults // 2)
        campaign.spend(3.0)
        campaign.expect_all(begun, time.monotonic() - 0.5)
        campaign.suffer(TO_THE_STRIKER, faults - faults // 2)
        campaign.spend(4 * BAR)
        campaign.findings.resumed = campaign.observer.struck_since(time.monotonic() - BAR)
    finally:
        campaign.finish()
    return campaign.findings


def main() -> int:
    parser = options(__doc__.splitlines()[0], "fault_campaign")
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    limit = load_settings().room("strike", StrikeSettings).max_on + AFTERMATH
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        findings = conduct(Path(folder), args.faults, args.seed)
    unexplained = [breach for breach in findings.breaches if not breach.explained]
    rows: list[Row] = [{"fault": kind, "times": count} for kind, count in sorted(findings.faults.items())]
    back = sorted(findings.back)
    notes = [
        f"longest that a line was high: {1e3 * findings.longest_high:.1f} ms, allowed {1e3 * limit:.0f} ms",
        f"breaches at the checking sink: {len(findings.breaches)}, of which a standstill of the machine does not "
        f"explain {len(unexplained)}; it stood still for {findings.stood_still:.2f} s in all",
        *map(str, findings.breaches[:8]),
        f"steps of the song while player and socket suffered: {findings.expected}, lost {len(findings.missing)}, left "
        f"out as late {findings.late}; the striker kept the groove {findings.alone} times, with {findings.own} strokes",
        f"striker back after its death: {len(back)} times, median {back[len(back) // 2] if back else 0:.3f} s, longest "
        f"{back[-1] if back else 0:.3f} s; a bar lasts {BAR:g} s",
        f"strikers that ended though nothing was done to them: {len(findings.deaths)}",
        f"deaths and lost steps while the machine itself stood still (not counted above): {len(findings.frozen)}"
        + "".join(f"; {text}" for text in findings.frozen[:8]),
        *(findings.remarks[:20] if findings.missing or unexplained or findings.deaths else ()),
        f"seed {args.seed}, real-time priority of the striker {findings.priority}",
    ]
    publish(f"{findings.faults.total()} faults", rows, notes, args.json)
    wrong = unexplained or findings.missing or findings.deaths
    passed = findings.resumed and not wrong
    return 0 if passed and (not back or back[-1] <= BAR) else 1


if __name__ == "__main__":
    sys.exit(main())
