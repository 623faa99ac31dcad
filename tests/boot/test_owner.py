"""The owner's files on the card's first partition are taken over once each, and what the box learns since is kept."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "boot/image/root/usr/lib/ghostnote/owner"


class Card:
    def __init__(self, folder: Path) -> None:
        self.given, self.data = folder / "firmware", folder / "data"
        self.given.mkdir()
        self.data.mkdir()
        text = (
            SCRIPT.read_text().replace("/boot/firmware/ghostnote", str(self.given)).replace("/data/", f"{self.data}/")
        )
        # Owners belong to a box, and so does a Wi-Fi's service.
        self._script = folder / "owner"
        self._script.write_text(text.replace('chown "$4" "$2.new"', ":").replace("/etc/wpa_supplicant", str(folder)))

    def start(self) -> str:
        done = subprocess.run(["sh", self._script], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def settings(self) -> Path:
        return self.data / "lib/ghostnote.toml"


@pytest.fixture
def card(tmp_path: Path) -> Card:
    return Card(tmp_path)


def test_nothing_given_changes_nothing(card: Card) -> None:
    assert card.start() == ""


def test_windows_line_ends_are_taken_off(card: Card) -> None:
    (card.given / "ghostnote.toml").write_bytes(b"[call]\r\nbars = 1\r\n")
    assert card.start() == "took over ghostnote.toml\n"
    assert card.settings.read_bytes() == b"[call]\nbars = 1\n"


def test_what_the_box_learnt_is_not_overwritten_at_its_next_start(card: Card) -> None:
    (card.given / "ghostnote.toml").write_text("[call]\nbars = 1\n")
    card.start()
    card.settings.write_text("[call]\nbars = 1\n# calibrated\n")
    assert card.start() == ""
    assert card.settings.read_text().endswith("# calibrated\n")


def test_a_new_file_of_the_owners_is_taken(card: Card) -> None:
    (card.given / "ghostnote.toml").write_text("[call]\nbars = 1\n")
    card.start()
    (card.given / "ghostnote.toml").write_text("[call]\nbars = 2\n")
    assert card.start() == "took over ghostnote.toml\n"
    assert card.settings.read_text() == "[call]\nbars = 2\n"


def test_one_that_the_power_cut_is_taken_again(card: Card) -> None:
    (card.given / "allowed_signers").write_text("a key\n")
    card.start()
    (card.data / "etc/taken/allowed_signers").unlink()  # the plug, before it was noted
    (card.data / "etc/allowed_signers.new").write_text("hal")
    assert card.start() == "took over allowed_signers\n"
    assert (card.data / "etc/allowed_signers").read_text() == "a key\n"
