"""What plays: MIDI ports, the striker, the motors."""

import re
from pathlib import Path

from appliance.clock import MonotonicClock
from appliance.doctor.finding import Finding, bad, look, ok
from appliance.doctor.kernel_files import KernelFiles
from appliance.drivers.status_link import StatusLink
from appliance.drivers.striker_link import StrikerLink
from appliance.errors import StrikerLost
from appliance.status.codes import MEANINGS
from appliance.strike.kit import Motor
from appliance.strike.outcome import NotTried, Tried
from appliance.strike.trial import Try

# Clients of the kernel's own that are no instruments.
_NO_PADS = ("System", "Midi Through")

_ANSWERS = 1.0  # seconds that a striker may take to answer
_BETWEEN = 0.4  # seconds from one motor to the next, so that one can hear which is which


def check_midi(kernel: KernelFiles) -> Finding:
    """Which MIDI ports one could play on."""
    listed = kernel.text("proc/asound/seq/clients")
    if listed is None:
        return look("midi", "the kernel has no MIDI", "modprobe snd-seq; nothing, if no live pad is wanted.")
    clients = re.findall(r'^Client +\d+ : "(.*?)"', listed, re.MULTILINE)
    pads = [client for client in clients if client not in _NO_PADS]
    if not pads:
        return look("midi", "no pad is plugged in", "Plug it in; check its cable and that it is on.")
    return ok("midi", ", ".join(pads))


def check_striker(path: Path) -> Finding:
    """Whether the striker runs, and what it was granted."""
    try:
        with StrikerLink.connect(path, 0.0) as link:
            hello = link.hello
    except StrikerLost as lost:
        return look("striker", str(lost), "systemctl start ghostnote-striker, or look at its log.")
    found = f"process {hello.pid}, priority {hello.priority}"
    if hello.priority and hello.memory_locked:
        return ok("striker", f"{found}, memory locked")
    return look("striker", f"{found}, without all real-time rights", "Start it as a system service.")


def check_lamp(path: Path) -> list[Finding]:
    """What is on the status board, if a striker keeps one."""
    link = StatusLink(path)
    try:
        report = link.report(_ANSWERS)
    except StrikerLost:
        return []
    finally:
        link.close()
    if not report.faults:
        return [ok("lamp", report.state.value)]
    return [
        look(
            "lamp",
            f"{MEANINGS[fault.code].label(fault.motor)} {fault.code}{'' if fault.holds else ', which is over'}",
            MEANINGS[fault.code].do,
        )
        for fault in report.faults
    ]


def check_motors(path: Path, motors: tuple[Motor, ...]) -> list[Finding]:
    """One soft stroke of each motor, in their order. Raises: StrikerLost."""
    begin = MonotonicClock().now() + _BETWEEN
    trials = [softest(motor, begin + number * _BETWEEN) for number, motor in enumerate(motors)]
    became: dict[str, Finding] = {}
    with StrikerLink.connect(path, _ANSWERS) as link:
        for trial in trials:
            link.attempt(trial)
        while len(became) < len(trials) and MonotonicClock().now() < trials[-1].time + _ANSWERS:
            for reply in link.wait(_BETWEEN):
                if isinstance(reply, Tried | NotTried) and reply.trial in trials:
                    became[reply.trial.motor] = _judged(reply)
    silent = [
        bad(f"motor {trial.motor}", "the striker does not say what became of it", "Restart the striker.")
        for trial in trials
        if trial.motor not in became
    ]
    return [*became.values(), *silent]


def softest(motor: Motor, at: float) -> Try:
    """The motor's softest stroke, by its own numbers."""
    return Try(
        motor=motor.name,
        time=at,
        forward=motor.soft.forward,
        duty=motor.soft.duty,
        pause=motor.soft.lead - motor.soft.forward + motor.back.contact,
        back=motor.back.seconds,
        back_duty=motor.back.duty,
    )


def _judged(reply: Tried | NotTried) -> Finding:
    name = f"motor {reply.trial.motor}"
    if isinstance(reply, NotTried):
        return bad(
            name, f"did not strike: {reply.reason}", "Check its plug, wires and bridge, and its table in [pins]."
        )
    return ok(name, f"driven, {reply.lateness * 1000:.2f} ms late: you should have heard it")
