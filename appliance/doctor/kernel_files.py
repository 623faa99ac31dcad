"""What the kernel says in its files, under a root that a test can build."""

from pathlib import Path


class KernelFiles:
    """Reads /proc, /sys and /dev below `root`; what is not there, or may not be read, is None."""

    def __init__(self, root: Path = Path("/")) -> None:
        self.root = root

    def text(self, path: str) -> str | None:
        """A file's text without the white space and NULs around it."""
        return _read(self.root / path)

    def number(self, path: str) -> int | None:
        """A file's whole number."""
        text = self.text(path)
        try:
            return None if text is None else int(text)
        except ValueError:
            return None

    def paths(self, pattern: str) -> list[Path]:
        """What is there."""
        return sorted(self.root.glob(pattern))

    def named(self, pattern: str, name: str) -> Path | None:
        """The first folder in which the file that the pattern ends with has that text."""
        return next((path.parent for path in self.paths(pattern) if _read(path) == name), None)

    def exists(self, path: str) -> bool:
        """Whether it is there."""
        return (self.root / path).exists()


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", "replace").strip("\0 \n\t")
    except OSError:
        return None
