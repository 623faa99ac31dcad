"""A certificate of the box's own making, for a panel that is told to encrypt."""

import contextlib
import ipaddress
import subprocess
from collections.abc import Iterable
from pathlib import Path

from appliance.drivers.panel_board import Machine
from appliance.errors import SettingsError

_YEARS = 10 * 365  # days: nobody renews it on a stage
_PATIENCE = 30.0  # s, on a slow board


def certificate(folder: Path, names: Iterable[str], program: str = "openssl") -> tuple[Path, Path]:
    """The files of certificate and key, made where there are none; by them a browser knows the box again.

    By openssl, which every Debian has with its root certificates: a library would be four packages more.
    Raises: SettingsError when it cannot be made.
    """
    kept, key = folder / "certificate.pem", folder / "key.pem"
    if kept.exists() and key.exists():
        return kept, key
    alternatives = [f"DNS:{name}" for name in sorted(names)]
    for one in Machine().addresses():
        with contextlib.suppress(ValueError):
            alternatives.append(f"IP:{ipaddress.ip_address(one['address'])}")
    draft, draft_key = folder / "certificate.new", folder / "key.new"
    command = [program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256"]
    command += ["-days", str(_YEARS), "-subj", "/CN=Ghostnote", "-addext", f"subjectAltName={','.join(alternatives)}"]
    command += ["-keyout", str(draft_key), "-out", str(draft)]
    try:
        draft_key.touch(mode=0o600)
        done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)  # noqa: S603 - no shell
    except FileNotFoundError:
        raise SettingsError("panel.tls needs openssl to make a certificate: sudo apt install openssl") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SettingsError(f"no certificate could be made: {error}") from None
    if done.returncode:
        raise SettingsError(f"no certificate could be made: {done.stderr.decode(errors='replace').strip()[-300:]}")
    draft_key.replace(key)
    draft.replace(kept)
    return kept, key
