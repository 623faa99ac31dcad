"""A panel that encrypts, with a certificate of its own making."""

import http.client
import shutil
import ssl
import stat

import pytest

from appliance.drivers.panel_certificate import certificate
from appliance.errors import SettingsError
from tests.panel.box import LIMIT, Box

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@needs_openssl
def test_it_is_reached_by_tls_alone_and_its_cookie_stays_there(tmp_path):
    box = Box(tmp_path)
    box.start("panel", options=["--tls"])
    folder = tmp_path / "panel"
    assert box.address.startswith("https://127.0.0.1:")
    assert stat.S_IMODE((folder / "key.pem").stat().st_mode) == 0o600
    trusting = ssl.create_default_context(cafile=str(folder / "certificate.pem"))
    connection = http.client.HTTPSConnection(box.host, timeout=LIMIT, context=trusting)
    connection.request("GET", "/login?token=an-invitation-of-the-tests")
    answer = connection.getresponse()
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-ghostnote_session=")
    assert "Secure" in cookie
    connection.close()
    plain = http.client.HTTPConnection(box.host, timeout=LIMIT)
    plain.request("GET", "/login")
    with pytest.raises((http.client.HTTPException, OSError)):
        plain.getresponse()
    plain.close()
    before = (folder / "certificate.pem").read_bytes()
    box.end("panel")
    box.start("panel", options=["--tls"])
    assert (folder / "certificate.pem").read_bytes() == before
    box.close()


def test_without_openssl_it_is_said_what_to_do(tmp_path):
    with pytest.raises(SettingsError, match="sudo apt install openssl"):
        certificate(tmp_path, ["localhost"], program="/nowhere/openssl")


@needs_openssl
def test_what_is_no_name_makes_no_certificate_and_leaves_none(tmp_path):
    with pytest.raises(SettingsError, match="no certificate could be made"):
        certificate(tmp_path, ["a,b=c:d\n"])
    assert not (tmp_path / "certificate.pem").exists()
