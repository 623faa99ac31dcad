"""`ghostnote calibrate DRUM`: strikes at rising strengths, listens, and sets lead time and touch to what it heard."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from appliance.calibration.bench import Bench, calibrate
from appliance.calibration.findings import Findings, calibrated
from appliance.calibration.heard import Reading
from appliance.calibration.picture import kit_picture, motor_picture
from appliance.calibration.session import Series
from appliance.calibration.told import PanicTold, Told, line
from appliance.calibration.watched import findings_told, series_told
from appliance.clock import Clock, MonotonicClock
from appliance.drivers.atomic_file import write_atomically
from appliance.drivers.imagined_ear import ImaginedEar
from appliance.drivers.live_bench import Ear, LiveBench
from appliance.drivers.owner_settings import write_motors
from appliance.drivers.simulated_bench import SimulatedBench
from appliance.drivers.simulated_drum import sticks_of
from appliance.drivers.simulated_ear import EarFaults, SimulatedEar
from appliance.drivers.striker_link import StrikerLink
from appliance.drivers.told_ear import ToldEar
from appliance.errors import PanicPressed, SettingsError
from appliance.settings import load_settings
from appliance.strike.kit import Motor, StrikeSettings

_STARTS = 2.0  # s that the striker may take to answer
_ALL = "all"
_SIMULATED = "simulated"
_MICROPHONE = "microphone"
_TOLD = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is measured, by which ear, and where the findings go."""
    parser.add_argument("drum", metavar="DRUM", help="a motor's name, a drum, or all")
    parser.add_argument(
        "--ear",
        default=_SIMULATED,
        metavar="PORT",
        help="a MIDI input (the drum pad under the stick, a piezo), microphone, simulated (the default), "
        "or -: lines of an instant (s) and a loudness on standard input",
    )
    parser.add_argument(
        "--ear-delay", type=float, default=0.0, metavar="MS", help="what the ear is known to be late by"
    )
    parser.add_argument("--striker", type=Path, metavar="SOCKET", help="the striker's; without it all is simulated")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="the owner's, where steady findings are written")
    parser.add_argument("--picture", type=Path, metavar="FILE.svg", help="draw the curves; of several motors the kit's")
    parser.add_argument(
        "--json",
        action="store_true",
        help="for programs: each series and what was found as a line of JSON; nothing is written",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of what is simulated (1)")


def run(args: argparse.Namespace) -> int:
    """0 when every motor was steady and written, else 1; a panic ends it. Raises: GhostnoteError."""
    owner = args.settings if args.settings is not None and args.settings.exists() else None
    settings = load_settings(owner).room("strike", StrikeSettings)
    motors = _motors(settings, args.drum)
    with _bench(args, settings) as bench:
        found = _measure(motors, settings, bench, told=args.json)
    steady = [calibrated(motor, one) for motor, one in zip(motors, found, strict=False) if one.steady]
    if steady and args.settings is not None and not args.json:
        write_motors(args.settings, steady, settings.motors)
        print(f"written to {args.settings}: {', '.join(motor.name for motor in steady)}; restart the striker")
    if args.picture is not None and found:
        _draw(args.picture, motors, found)
    return int(len(steady) < len(motors))


def _measure(motors: list[Motor], settings: StrikeSettings, bench: Bench, *, told: bool) -> list[Findings]:
    """One after the other, as far as nobody presses panic; `told`: as lines of JSON, while it goes on."""
    found: list[Findings] = []
    for motor in motors:
        if not told:
            print(f"{motor.name}: listening ...", flush=True)
        try:
            found.append(calibrate(motor, settings, bench, see=partial(_series, motor) if told else None))
        except PanicPressed as pressed:
            # What was measured before it stays measured.
            print(f"{motor.name}: not measured: {pressed}", file=sys.stderr)
            if told:
                _put(PanicTold(motor.name))
            break
        if told:
            _put(findings_told(motor, found[-1]))
        else:
            _tell(motor, found[-1])
    return found


def _series(motor: Motor, series: Series, readings: list[Reading]) -> None:
    _put(series_told(motor, series, readings))


def _put(told: Told) -> None:
    sys.stdout.buffer.write(line(told))
    sys.stdout.buffer.flush()


def _motors(settings: StrikeSettings, asked: str) -> list[Motor]:
    # A motor may have the name of a drum that others play as well: then it alone is meant.
    named = [motor for motor in settings.motors if motor.name == asked]
    motors = named or [motor for motor in settings.motors if asked in (_ALL, *motor.drums)]
    if not motors:
        names = ", ".join(motor.name for motor in settings.motors)
        raise SettingsError(f"no motor is called {asked!r} or plays such a drum: there are {names}, or say all")
    return motors


@contextmanager
def _bench(args: argparse.Namespace, settings: StrikeSettings) -> Iterator[Bench]:
    if args.striker is None:
        if args.ear != _SIMULATED:
            raise SettingsError(f"--ear {args.ear} hears a real striker: say which, --striker SOCKET")
        ear = SimulatedEar(EarFaults(), args.seed)
        yield SimulatedBench(settings, sticks_of(settings, args.seed), ear)
        return
    clock = MonotonicClock()
    with StrikerLink.connect(args.striker, _STARTS) as link, closing(_ear(args, settings, clock)) as real:
        yield LiveBench(link, real, clock)


def _ear(args: argparse.Namespace, settings: StrikeSettings, clock: Clock) -> Ear:
    if args.ear == _SIMULATED:
        return ImaginedEar(sticks_of(settings, args.seed), SimulatedEar(EarFaults(), args.seed), clock)
    # A port's libraries are not asked for where nothing is plugged in.
    if args.ear == _TOLD:
        if sys.stdin is None:
            raise SettingsError("--ear - is told on standard input, and there is none")
        return ToldEar(sys.stdin.fileno(), args.ear_delay / 1e3)
    if args.ear == _MICROPHONE:
        from appliance.drivers.microphone_ear import MicrophoneEar

        return MicrophoneEar(args.ear_delay / 1e3, clock)
    from appliance.drivers.midi_ear import MidiEar

    return MidiEar(args.ear, args.ear_delay / 1e3, clock)


def _tell(motor: Motor, found: Findings) -> None:
    taken = f"{found.strokes} strokes, {found.seconds:.0f} s"
    if not found.steady or found.back is None:
        for doubt in found.doubts:
            print(f"{motor.name}: unsteady, not written: {doubt}", file=sys.stderr)
        return
    soft, hard = found.touch[0], found.touch[-1]
    print(
        f"{motor.name}: lead {1e3 * soft.lead:.1f} ms at velocity 1, {1e3 * hard.lead:.1f} ms at 127; "
        f"weakest duty that sounds {found.weakest:.2f}; repeat {1e3 * found.repeat:.0f} ms; "
        f"pull {1e3 * found.back.seconds:.0f} ms at {found.back.duty:.2f} ({taken})"
    )


def _draw(path: Path, motors: list[Motor], found: list[Findings]) -> None:
    svg = kit_picture(found) if len(found) > 1 else motor_picture(motors[0], found[0])
    try:
        write_atomically(path, lambda stream: stream.write(svg.encode()))
    except OSError as error:
        raise SettingsError(f"cannot write the picture {path}: {error.strerror}") from error
    print(f"drawn: {path}")
