"""Unpacks a release that was made on this computer into a folder of versions, and prints its number.

    unpack_release.py FILE FOLDER

Its signature is for boxes to verify; what is built into an image is what was just made.
"""

import sys
from pathlib import Path

from appliance.drivers.release_file import OwnRelease


def main() -> int:
    """Unpack and print."""
    with Path(sys.argv[1]).open("rb") as stream:
        release = OwnRelease(stream)
        folder = Path(sys.argv[2]) / str(release.manifest.number)
        folder.mkdir()
        release.unpack(folder)
    print(release.manifest.number)
    return 0


if __name__ == "__main__":
    sys.exit(main())
