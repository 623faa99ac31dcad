"""What calibration makes of a simulated kit: leads beside the truth, loudness, and the spread of arrivals.

    python -m bench.calibration [--seed 1] [--picture FILE.svg] [--json FILE]

Eight different motors (strike/stick.py), an ear of +-3 ms with 5 % outliers, virtual time. The spread before and after
is that of the sticks on the heads, not of what the ear made of it; before are the shipped settings. A stroke that never
reaches its head has no arrival: it is counted apart.
"""

import sys
from itertools import pairwise
from pathlib import Path

from appliance.calibration.bench import calibrate
from appliance.calibration.findings import Check, Findings, calibrated
from appliance.calibration.kit_spread import spread
from appliance.calibration.picture import kit_picture, motor_picture
from appliance.drivers.simulated_bench import SimulatedBench
from appliance.drivers.simulated_drum import sticks_of
from appliance.drivers.simulated_ear import EarFaults, SimulatedEar
from appliance.settings import load_settings
from appliance.strike.kit import Motor, StrikeSettings
from appliance.strike.motor import COAST, Inputs
from appliance.strike.stick import STEADY, Contact, Mechanics, Stick, Unsteadiness, different
from appliance.strike.touch import profile_of, push_of
from bench.report import RESULTS, Row, options, publish

VELOCITIES = tuple(range(1, 128, 7))
STROKES = 5  # of each velocity, before and after
LEAD_TARGET = 1.0  # ms
LEVELS_TARGET = 8
FALL_TARGET = 10.0
MINUTE = 60.0  # s


def main() -> int:
    parser = options(__doc__.splitlines()[0], "calibration")
    parser.add_argument("--seed", type=int, default=1, help="of the motors, their strokes and the ear")
    parser.add_argument(
        "--picture", type=Path, default=RESULTS / "calibration.svg", help="of the kit; one a motor beside"
    )
    args = parser.parse_args()
    settings = load_settings().room("strike", StrikeSettings)
    bench = SimulatedBench(settings, sticks_of(settings, args.seed), SimulatedEar(EarFaults(), args.seed))
    rows: list[Row] = []
    drawn: list[Findings] = []
    for motor, mechanics in zip(settings.motors, different(args.seed, len(settings.motors)), strict=True):
        began = bench.now()
        findings = calibrate(motor, settings, bench)
        after = calibrated(motor, findings)
        rows.append(_row(motor.name, after, mechanics, findings, bench.now() - began))
        checks = [_checks(one, mechanics, args.seed) for one in (motor, after)]
        drawn.append(Findings(motor.name, (), 0, 0.0, before=checks[0], after=checks[1]))
        if motor.name == "snare":
            args.picture.with_stem(f"{args.picture.stem}_snare").write_text(motor_picture(motor, findings))
    args.picture.write_text(kit_picture(drawn))
    return _conclude(rows, drawn, args.json)


def _row(name: str, motor: Motor, mechanics: Mechanics, findings: Findings, seconds: float) -> Row:
    contacts = [_contact(motor, velocity, mechanics) for velocity in VELOCITIES]
    errors = [
        1e3 * abs(push_of(motor, velocity).lead - contact.time)
        for velocity, contact in zip(VELOCITIES, contacts, strict=True)
        if contact is not None
    ]
    speeds = [contact.speed if contact is not None else 0.0 for contact in contacts]
    rising = sum(louder > softer for softer, louder in pairwise(speeds)) + 1
    return {
        "motor": name,
        "strokes": findings.strokes,
        "seconds": round(seconds, 1),
        "worst lead error ms": round(max(errors), 2),
        "rising velocities": rising,
        "of": len(VELOCITIES),
        "softest m/s": round(speeds[0], 2),
        "hardest m/s": round(speeds[-1], 2),
        "weakest duty": round(findings.weakest, 3),
        "repeat ms": round(1e3 * findings.repeat),
    }


def _contact(motor: Motor, velocity: int, mechanics: Mechanics) -> Contact | None:
    push = push_of(motor, velocity)
    return _thrown(Stick(mechanics, STEADY, seed=0), push.forward, push.duty)


def _thrown(stick: Stick, forward: float, duty: float) -> Contact | None:
    stick.drive(Inputs(1, 0, duty))
    met = list(stick.advance(forward))
    stick.drive(COAST)
    met += stick.advance(forward + 0.15)
    return met[0] if met else None


def _checks(motor: Motor, mechanics: Mechanics, seed: int) -> tuple[Check, ...]:
    checks = []
    for velocity in VELOCITIES:
        for n in range(STROKES):
            profile = profile_of(motor, velocity)
            stick = Stick(mechanics, Unsteadiness(), seed=1000 * seed + 10 * velocity + n)
            contact = _thrown(stick, profile.forward.seconds, profile.forward.duty)
            arrived = (None, None) if contact is None else (contact.time, contact.speed)
            checks.append(Check(velocity, profile.lead, *arrived))
    return tuple(checks)


def _conclude(rows: list[Row], drawn: list[Findings], path: Path) -> int:
    before = spread(check for one in drawn for check in one.before)
    after = spread(check for one in drawn for check in one.after)
    fall = before.deviation / after.deviation
    worst = max(float(row["worst lead error ms"]) for row in rows)
    rising = min(int(row["rising velocities"]) for row in rows)
    longest = max(float(row["seconds"]) for row in rows)
    met = worst <= LEAD_TARGET and rising >= LEVELS_TARGET and fall >= FALL_TARGET and longest <= MINUTE
    notes = [
        f"worst lead error {worst:.2f} ms (target {LEAD_TARGET:g})",
        f"{rising} velocities, each louder than the one before (target {LEVELS_TARGET})",
        f"spread of arrivals over the kit: {1e3 * before.deviation:.2f} ms before, {1e3 * after.deviation:.2f} ms "
        f"after, {fall:.1f} times less (target {FALL_TARGET:g})",
        f"strokes that never reach their head: {before.silent} of {before.strokes} before, {after.silent} after",
        f"longest calibration {longest:.1f} s of a drum's time (target {MINUTE:g})",
        f"targets {'met' if met else 'MISSED'}",
    ]
    publish("Calibration of eight different simulated motors", rows, notes, path)
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
