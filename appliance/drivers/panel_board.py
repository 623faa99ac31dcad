"""What the panel sees of the machine: its temperature, its name, its addresses."""

import contextlib
import socket
from pathlib import Path
from typing import Any

# Thermal zones and hwmon give thousandths of a degree (Documentation/driver-api/thermal/sysfs-api.rst).
_ZONES = "sys/class/thermal"
_IPV6 = "proc/net/if_inet6"
_ROUTES = "proc/net/fib_trie"


class Machine:
    """A machine whose /proc and /sys are below `root`."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def temperature(self) -> float | None:
        """Of the processor, in degrees Celsius: the hottest zone; None where there is none."""
        found: list[float] = []
        with contextlib.suppress(OSError):
            for zone in sorted((self._root / _ZONES).glob("thermal_zone*/temp")):
                with contextlib.suppress(OSError, ValueError):
                    found.append(int(zone.read_text()) / 1000)
        return max((one for one in found if -40 < one < 150), default=None)

    def addresses(self) -> list[dict[str, str]]:
        """Those of its interfaces."""
        local = sorted(_local_addresses(self._read(_ROUTES)))
        found = [{"family": "IPv4", "address": address} for address in local]
        for line in self._read(_IPV6).splitlines():
            fields = line.split()
            if len(fields) == 6:
                raw = bytes.fromhex(fields[0])
                found.append({"family": "IPv6", "address": socket.inet_ntop(socket.AF_INET6, raw)})
        return found

    def _read(self, name: str) -> str:
        try:
            return (self._root / name).read_text()
        except OSError:
            return ""


def _local_addresses(trie: str) -> set[str]:
    """The addresses of this host in the kernel's routing trie: a leaf `|-- A` whose next line is `/32 host LOCAL`."""
    found: set[str] = set()
    leaf = ""
    for line in trie.splitlines():
        word = line.strip()
        if word.startswith("|-- "):
            leaf = word[4:]
        elif word == "/32 host LOCAL" and leaf:
            found.add(leaf)
    return found


def network(machine: Machine, host: str, port: int, *, tls: bool) -> dict[str, Any]:
    """Where the page can be reached."""
    return {
        "hostname": socket.gethostname(),
        "addresses": machine.addresses(),
        "listens": f"{host}:{port}",
        "tls": tls,
        "loopback": host in ("127.0.0.1", "::1", "localhost"),
    }
