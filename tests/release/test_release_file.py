"""A release comes out as it went in, or not at all."""

import hashlib
import io
import lzma
import tarfile
from functools import partial

import msgspec
import pytest

from appliance.drivers.release_file import MAGIC, ReleaseFile, head, signed_head
from appliance.drivers.release_writer import write_release
from appliance.drivers.signature import sign
from appliance.errors import SettingsError, UpdateRefused
from appliance.release.manifest import FORMAT, Entry, Manifest
from tests.release.releases import LABEL, allow, make_key, make_release, make_version, needs_ssh_keygen

pytestmark = needs_ssh_keygen


@pytest.fixture(scope="module")
def trusted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trusted")
    key = make_key(folder)
    return folder, key, allow(key, folder / "signers"), make_release(folder, key)


def unpacked(file, signers, folder):
    folder.mkdir()
    with file.open("rb") as stream:
        release = ReleaseFile(stream, signers)
        release.unpack(folder)
    return release.manifest


def files_of(folder):
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode & 0o111)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_release_comes_out_as_it_went_in(trusted, tmp_path):
    _, _, signers, file = trusted
    assert unpacked(file, signers, tmp_path / "out").version == "1.5.0"
    assert files_of(tmp_path / "out") == files_of(make_version(tmp_path / "again"))


def test_a_release_of_many_files_comes_out_too(trusted, tmp_path):
    """A manifest longer than what a stream reads ahead: verifying moves the file below it."""
    _, key, signers, _ = trusted
    source = make_version(tmp_path / "source")
    for number in range(500):
        (source / f"models/{number}").write_text(str(number))
    file = tmp_path / "large.release"
    write_release(source, LABEL, partial(sign, key=key), file)
    assert len(unpacked(file, signers, tmp_path / "here").entries) == 502
    assert files_of(tmp_path / "here") == files_of(source)


def test_the_same_folder_gives_the_same_bytes_behind_the_signature(trusted, tmp_path):
    _, key, _, file = trusted
    again = make_release(tmp_path, key)
    assert (
        again.read_bytes().partition(b"-----END SSH SIGNATURE-----")[2]
        == (file.read_bytes().partition(b"-----END SSH SIGNATURE-----")[2])
    )


def test_no_byte_can_be_changed(trusted, tmp_path):
    """One bit flipped at 60 places over the whole file: refused each time, and nothing is unpacked."""
    _, _, signers, file = trusted
    whole = file.read_bytes()
    changed = tmp_path / "changed"
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        changed.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        # Armour ignores nothing but a line's end; a signature that still decodes to the same bytes is the same one.
        with pytest.raises(UpdateRefused), changed.open("rb") as stream:
            ReleaseFile(stream, signers)


def test_no_byte_can_be_missing_or_added(trusted, tmp_path):
    _, _, signers, file = trusted
    whole = file.read_bytes()
    cut = tmp_path / "cut"
    for content in (*(whole[:length] for length in range(0, len(whole), max(1, len(whole) // 40))), whole + b"\0"):
        cut.write_bytes(content)
        with pytest.raises(UpdateRefused), cut.open("rb") as stream:
            ReleaseFile(stream, signers)


def test_another_key_is_refused(trusted, tmp_path):
    _, _, signers, _ = trusted
    with (
        make_release(tmp_path, make_key(tmp_path)).open("rb") as stream,
        pytest.raises(UpdateRefused, match="signature"),
    ):
        ReleaseFile(stream, signers)


def test_an_unsigned_one_is_refused(trusted, tmp_path):
    _, _, signers, _ = trusted
    file = tmp_path / "unsigned"
    write_release(make_version(tmp_path / "source"), LABEL, lambda _: b"none", file)
    with file.open("rb") as stream, pytest.raises(UpdateRefused, match="signature"):
        ReleaseFile(stream, signers)


def test_a_signature_for_another_purpose_is_refused(trusted, tmp_path):
    import subprocess

    _, key, signers, _ = trusted

    def as_mail(payload):
        subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "email", "-f", key, payload], check=True)
        return payload.with_name(payload.name + ".sig").read_bytes()

    file = tmp_path / "mail"
    write_release(make_version(tmp_path / "source"), LABEL, as_mail, file)
    with file.open("rb") as stream, pytest.raises(UpdateRefused, match="signature"):
        ReleaseFile(stream, signers)


@pytest.mark.parametrize("options", ['valid-before="20200101"', 'valid-after="20990101"'])
def test_a_key_is_good_on_its_days_alone(trusted, tmp_path, options):
    _, key, _, file = trusted
    with file.open("rb") as stream, pytest.raises(UpdateRefused, match="signature"):
        ReleaseFile(stream, allow(key, tmp_path / "signers", options))


def test_without_allowed_signers_nothing_is_trusted(trusted, tmp_path):
    with trusted[3].open("rb") as stream, pytest.raises(SettingsError, match="allowed-signers"):
        ReleaseFile(stream, tmp_path / "none")


def test_a_page_saved_as_a_release_is_none(trusted, tmp_path):
    page = tmp_path / "page"
    page.write_text("<html>404 Not Found</html>")
    with page.open("rb") as stream, pytest.raises(UpdateRefused, match="no release"):
        ReleaseFile(stream, trusted[2])


def crafted(folder, key, entries, members):
    """A well-signed file whose tar is not what its manifest says: a mistake of its maker."""
    content = io.BytesIO()
    with lzma.open(content, "wb") as pressed, tarfile.open(fileobj=pressed, mode="w|") as archive:
        for member, data in members:
            archive.addfile(member, io.BytesIO(data))
    told = msgspec.json.encode(Manifest(FORMAT, LABEL.kind, "1.5.0", "", entries, "aarch64", "3.11"))
    signed = folder / "signed"
    signed.write_bytes(signed_head(told) + content.getvalue())
    file = folder / "crafted"
    file.write_bytes(head(sign(signed, key)) + signed.read_bytes())
    return file


def member(name, data=b"", kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = len(data), kind, link
    return info, data


def entry(name, data):
    return Entry(name, len(data), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(
    ("entries", "members", "words"),
    [
        ((entry("a", b"x"),), [member("../a", b"x")], "where its manifest has"),
        ((entry("a", b"x"),), [member("/a", b"x")], "where its manifest has"),
        ((entry("a", b"x"),), [member("a", kind=tarfile.SYMTYPE, link="/etc/passwd")], "no regular file"),
        ((entry("a", b"x"),), [member("a", kind=tarfile.CHRTYPE)], "no regular file"),
        ((entry("a", b"x"),), [member("a", b"y")], "not the file"),
        ((entry("a", b"x"),), [member("a", b"xx")], "where its manifest has"),
        ((entry("a", b"x"), entry("b", b"")), [member("a", b"x")], "files of its manifest"),
        ((entry("a", b"x"),), [member("a", b"x"), member("b", b"x")], "files of its manifest"),
    ],
)
def test_files_that_are_not_the_manifests_are_refused(trusted, tmp_path, entries, members, words):
    _, key, signers, _ = trusted
    file = crafted(tmp_path, key, entries, members)
    with pytest.raises(UpdateRefused, match=words):
        unpacked(file, signers, tmp_path / "out")
    assert not (tmp_path / "a").exists()


def test_a_link_in_the_folder_is_no_part_of_a_release(trusted, tmp_path):
    source = make_version(tmp_path / "source")
    (source / "link").symlink_to("/etc/passwd")
    with pytest.raises(SettingsError, match="is a link"):
        write_release(source, LABEL, partial(sign, key=trusted[1]), tmp_path / "file")


def test_a_signature_is_asked_for_by_a_key_that_is_there(tmp_path):
    (tmp_path / "payload").write_bytes(b"x")
    with pytest.raises(SettingsError, match="cannot sign"):
        sign(tmp_path / "payload", tmp_path / "no_key")


def test_a_release_begins_as_one(trusted):
    assert trusted[3].read_bytes().startswith(MAGIC)
