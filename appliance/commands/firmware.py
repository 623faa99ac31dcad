"""`ghostnote firmware build|flash|info`: the program of the Arduino that beats the drums."""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from appliance.arduino.incoming import Incoming
from appliance.arduino.messages import IDENTITY_REQUEST, Ask, Hello, Identity, ResetCause, ask
from appliance.arduino.wiring import ArduinoSettings
from appliance.drivers.arduino_port import ArduinoPort
from appliance.errors import SettingsError
from appliance.settings import load_settings
from appliance.shipped import FIRMWARE, shipped

BOARDS = ("uno", "leonardo")
DRIVERS = ("pins", "shield_v1", "shield_v2")

# avrdude's names: Optiboot speaks STK500 at 115200 baud, a Leonardo's Caterina AVR109, once touched at 1200 baud.
_PROGRAMMER = {
    "uno": ("-p", "atmega328p", "-c", "arduino", "-b", "115200"),
    "leonardo": ("-p", "atmega32u4", "-c", "avr109"),
}
_TOUCH, _ENUMERATES = 1200, 2.5  # baud, s until a Leonardo's bootloader has a port
_ANSWERS = 4.0  # s: a bootloader's second, and three more tries

_INSTALL = {
    "make": "sudo apt install make gcc-avr avr-libc",
    "avr-g++": "sudo apt install make gcc-avr avr-libc",
    "avrdude": "sudo apt install avrdude",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and for which board."""
    parser.add_argument("what", choices=("build", "flash", "info"), help="make the program, put it on, or ask a board")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="the owner's settings, above the shipped ones")
    parser.add_argument("--board", choices=BOARDS, help="instead of arduino.board")
    parser.add_argument("--driver", choices=DRIVERS, help="instead of arduino.driver")
    parser.add_argument("--port", metavar="PATH", help="instead of arduino.port")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="build: where the .hex goes (here)")


def run(args: argparse.Namespace) -> int:
    """0, or 1 when no board answers or it could not be written. Raises: SettingsError."""
    arduino = load_settings(args.settings).room("arduino", ArduinoSettings)
    board, driver = args.board or arduino.board, args.driver or arduino.driver
    port = arduino.port if args.port is None else args.port
    if args.what == "info":
        return info(ArduinoPort(port))
    if args.what == "build":
        file = build(board, driver, args.out or Path.cwd())
        print(f"{file}: {file.stat().st_size} bytes; put it on with `ghostnote firmware flash`")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return flash(board, build(board, driver, Path(folder)), port)


def build(board: str, driver: str, out: Path) -> Path:
    """Compile the firmware; the .hex file. Raises: SettingsError when a tool is missing or the compiler complains."""
    for tool in ("make", "avr-g++"):
        _require(tool)
    variant = f"{board}-{driver}"
    command = ["make", "--silent", "-C", str(shipped(FIRMWARE)), f"OUT={out.absolute()}", variant]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise SettingsError(f"the firmware {variant} cannot be built: {done.stderr.strip()}")
    return out / f"{variant}.hex"


def flash(board: str, file: Path, port: str) -> int:
    """Write a .hex file over a port; 0, or avrdude's own status. Raises: SettingsError without a port or avrdude."""
    _require("avrdude")
    place = port or ArduinoPort("").first()
    if not place:
        raise SettingsError("no Arduino is there: plug it in, or say --port /dev/ttyACM0")
    if board == "leonardo":
        _touch(place)
    command = ["avrdude", "-q", "-D", *_PROGRAMMER[board], "-P", place, "-U", f"flash:w:{file}:i"]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own words


def info(port: ArduinoPort) -> int:
    """Say what a board is; 0 when one of ours answers."""
    hello, other = _ask(port)
    if hello is None:
        found = "one that is not Ghostnote's: run `ghostnote firmware flash`" if other else "none"
        print(f"ghostnote firmware: of the boards that were asked {found} answered", file=sys.stderr)
        return 1
    for line in _lines(hello):
        print(line)
    return 0


def _ask(port: ArduinoPort) -> tuple[Hello | None, bool]:
    incoming, other = Incoming(), False
    until = time.monotonic() + _ANSWERS
    asked = 0.0
    while time.monotonic() < until:
        if not port.is_open and not port.open():
            time.sleep(0.1)
            continue
        if time.monotonic() - asked > 0.5:
            asked = time.monotonic()
            port.write(IDENTITY_REQUEST + ask(Ask.HELLO))
        for reply in incoming.receive(port.read()):
            if isinstance(reply, Hello):
                port.close()
                return reply, other
            other = other or (isinstance(reply, Identity) and not reply.ours)
        time.sleep(0.02)
    port.close()
    return None, other


def _lines(hello: Hello) -> list[str]:
    causes = [cause.name.lower().replace("_", "-") for cause in ResetCause if cause in hello.cause and cause.name]
    origin = ("built in", "of the EEPROM, bank A", "of the EEPROM, bank B")[min(hello.origin, 2)]
    return [
        f"firmware {'.'.join(map(str, hello.firmware))}, protocol {hello.version}",
        f"board {BOARDS[hello.board]}, driver {DRIVERS[hello.driver]}",
        f"last reset: {', '.join(causes) or 'its bootloader does not say'}; {hello.resets} since power came",
        f"settings: {origin}, checksum {hello.checksum:04x}",
    ]


def _touch(place: str) -> None:
    import serial

    try:
        serial.Serial(place, _TOUCH).close()
    except (OSError, ValueError) as error:
        raise SettingsError(f"cannot open {place}: {error}") from None
    time.sleep(_ENUMERATES)


def _require(tool: str) -> None:
    if shutil.which(tool) is None:
        raise SettingsError(f"{tool} is not here: {_INSTALL[tool]}")
