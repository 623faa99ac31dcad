"""The board and its system: model, kernel, clock, supply, temperature, watchdog."""

import re

from appliance.doctor.finding import Finding, bad, look, ok
from appliance.doctor.kernel_files import KernelFiles

# Since this version the kernel has the second edition of the GPIO character device, by which lines are lowered.
_KERNEL = (5, 10)

# Clock sources that cost a microsecond or more a look, or stop and jump (Documentation/timers/timekeeping.rst).
_SLOW_CLOCKS = ("jiffies", "hpet", "acpi_pm", "refined-jiffies")

# Bits of the firmware's answer to get_throttled (raspberrypi.com, Raspberry Pi OS, vcgencmd).
_UNDER_VOLTAGE_NOW, _UNDER_VOLTAGE_BEFORE = 1 << 0, 1 << 16

# The watchdog of every Pi counts 20 bits of 1/65536 s (BCM2835 PM_WDOG): a longer time is refused or cut.
_LONGEST_WATCHDOG = 15

# Degrees below the limit at which one should know.
_WARM = 10.0


def check_board(kernel: KernelFiles) -> Finding:
    """Which board it is."""
    model = kernel.text("proc/device-tree/model")
    if not model:
        return look("board", "no board: this machine has no device tree", "Nothing: the drums are dry here.")
    if "Raspberry Pi" not in model:
        return look("board", f"{model}: not a Raspberry Pi", "Check the GPIO numbers of [pins] against your board.")
    return ok("board", model)


def check_kernel(kernel: KernelFiles) -> Finding:
    """Its version, and whether it is a real-time one."""
    release = kernel.text("proc/sys/kernel/osrelease")
    found = re.match(r"(\d+)\.(\d+)", release or "")
    if not found:
        return bad("kernel", f"no Linux: it says {release!r}", "Ghostnote plays on Linux.")
    if (int(found[1]), int(found[2])) < _KERNEL:
        return bad("kernel", f"Linux {release} is too old for its GPIO", "Use Linux 5.10 or later.")
    if kernel.number("sys/kernel/realtime") == 1:
        return ok("kernel", f"Linux {release}, PREEMPT_RT")
    return ok("kernel", f"Linux {release}, not PREEMPT_RT: it may wake up some 0.3 ms late")


def check_clock(kernel: KernelFiles) -> Finding:
    """Which hardware the clock is read from."""
    source = kernel.text("sys/devices/system/clocksource/clocksource0/current_clocksource")
    if source is None:
        return look("clock", "the kernel does not say what its clock is", "Nothing, if strokes are on time.")
    if source in _SLOW_CLOCKS:
        return look("clock", f"{source}: slow to read", "Boot with another clocksource=, such as tsc on a PC.")
    return ok("clock", source)


def check_supply(kernel: KernelFiles) -> Finding:
    """Whether the 5 V were too low: by the firmware's bits, or by the kernel's rpi_volt sensor."""
    mend = "Use the board's own supply and a short thick cable; no motor may hang on its 5 V."
    throttled = _throttled(kernel)
    sensor = kernel.named("sys/class/hwmon/hwmon*/name", "rpi_volt")
    alarm = kernel.number(str(sensor.relative_to(kernel.root) / "in0_lcrit_alarm")) if sensor else None
    if throttled is None and alarm is None:
        return look("supply", "nobody here measures the supply", "Nothing on a laptop; on a Pi, update its system.")
    if alarm or (throttled or 0) & _UNDER_VOLTAGE_NOW:
        return bad("supply", "the supply voltage is too low now (below 4.63 V)", mend)
    if (throttled or 0) & _UNDER_VOLTAGE_BEFORE:
        return look("supply", "the supply voltage has been too low since the start", mend)
    return ok("supply", "no under-voltage since the start" if throttled is not None else "no under-voltage now")


def check_temperature(kernel: KernelFiles, hot: float) -> Finding:
    """How hot the hottest zone is, against the limit of [status] in degrees Celsius."""
    zones = [kernel.number(str(zone.relative_to(kernel.root))) for zone in kernel.paths(_ZONES)]
    degrees = [zone / 1000 for zone in zones if zone is not None]
    if not degrees:
        return look("temperature", "nobody here measures it", "Nothing, if the board is not too hot to touch.")
    found = f"{max(degrees):.0f} °C"
    if max(degrees) >= hot:
        return bad("temperature", f"{found}: the board slows down", "Give it air, or a heat sink.")
    if max(degrees) >= hot - _WARM:
        return look("temperature", f"{found}, slows down at {hot:.0f}", "Give it air.")
    return ok("temperature", found)


_ZONES = "sys/class/thermal/thermal_zone*/temp"


def check_watchdog(kernel: KernelFiles) -> Finding:
    """Whether a board that hangs is restarted."""
    if not kernel.exists("sys/class/watchdog/watchdog0"):
        return look("watchdog", "there is none", "On a Pi: dtparam=watchdog=on in config.txt.")
    timeout = kernel.number("sys/class/watchdog/watchdog0/timeout") or 0
    if kernel.text("sys/class/watchdog/watchdog0/state") != "active":
        return look(
            "watchdog", "it is there, but nobody feeds it", "RuntimeWatchdogSec=14 in /etc/systemd/system.conf."
        )
    if timeout > _LONGEST_WATCHDOG:
        return look("watchdog", f"{timeout} s may be longer than the hardware can count", "RuntimeWatchdogSec=14.")
    return ok("watchdog", f"restarts the board after {timeout} s")


def _throttled(kernel: KernelFiles) -> int | None:
    for path in kernel.paths("sys/devices/platform/soc*/*firmware/get_throttled"):
        text = kernel.text(str(path.relative_to(kernel.root)))
        if text and re.fullmatch(r"(0x)?[0-9a-fA-F]+", text):
            return int(text, 16)
    return None
