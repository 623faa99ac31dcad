"""A data partition behind a card that forgets: what was synced is there, the rest may go, and the whole can be read."""

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.appliance_board.data_partition import DataPartition, grow

TOOLS = ("losetup", "mke2fs", "e2fsck", "resize2fs", "qemu-storage-daemon", "mount", "umount")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
MISSING += [device for device in ("/dev/fuse", "/dev/loop-control") if not Path(device).exists()]

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a data partition"),
    pytest.mark.skipif(bool(MISSING), reason=f"here is no {', '.join(MISSING)}"),
]


def synced(file, text):
    with file.open("w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


@pytest.fixture
def partition(tmp_path):
    file = tmp_path / "data.ext4"
    file.write_bytes(b"")
    os.truncate(file, 32 << 20)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", file], check=True)
    grow(file, 48)
    partition = DataPartition(file, tmp_path / "data", tmp_path, forgetful=True)
    yield partition
    partition.unmount()


@pytest.mark.parametrize("seed", range(3))
def test_behind_a_cut_what_was_synced_is_there_and_what_was_not_is_whole_or_away(partition, tmp_path, seed):
    folder = tmp_path / "data"
    partition.mount()
    for number in range(20):
        synced(folder / f"kept{number}", f"{number}" * 5000)
    (folder / "not synced").write_text("y" * 200_000)
    lost, stayed = partition.pull(random.Random(seed))
    assert 0 <= stayed <= lost
    synced(folder / "too late", "z")  # whoever still runs believes that all is well
    partition.unmount()

    partition.mount()
    for number in range(20):
        assert (folder / f"kept{number}").read_text() == f"{number}" * 5000
    assert not (folder / "too late").exists()
    rest = (folder / "not synced").read_bytes() if (folder / "not synced").exists() else b""
    assert set(rest) <= {0, ord("y")}


def test_it_is_as_large_as_it_grew(partition, tmp_path):
    partition.mount()
    assert shutil.disk_usage(tmp_path / "data").total > 34 << 20
