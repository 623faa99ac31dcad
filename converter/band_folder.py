"""What a band's folder gives to learn from: which kind of music, how much, and how much is kept back to judge by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from converter.collection import About, Shares, Wanted, collect
from converter.dataset import Augmentation, Dataset
from converter.errors import DataError
from converter.music_file import DRUM_CHANNEL, Choice
from converter.piece import Kind
from converter.vae_config import VaeConfig, vae_config_named

CONFIGS: Mapping[Kind, str] = MappingProxyType(
    {"drums": "cat-drums_2bar_small", "melody": "cat-mel_2bar_small", "trio": "hierdec-trio_16bar"}
)
JUDGED = 0.15  # share of the files that judge, where there are so many:
FILES_TO_PART = 5
FEWEST_TRIOS = 3
# Drawn anew in every pass: what makes a small collection larger.
AUGMENTATION: Mapping[Kind, Augmentation] = MappingProxyType(
    {
        "drums": Augmentation(exchanged=0.1),
        "melody": Augmentation(transpose=(-5, 5)),
        "trio": Augmentation(transpose=(-5, 5)),
    }
)


@dataclass(frozen=True)
class Band:
    """The music of a folder, and the configuration that learns it."""

    dataset: Dataset
    config: VaeConfig

    @property
    def judges_itself(self) -> bool:
        """Whether too little is there to keep a part back."""
        return not self.dataset.part("validation")


def read_band(
    folder: Path,
    config: str | None,
    about: About,
    seed: int = 1,
    passed: Callable[[str], None] = lambda _: None,
) -> Band:
    """The folder's trios where most of its files have all three parts, else its drums; or what `config` learns.

    Raises:
        DataError: there is no folder, no music in it, or none that serves; the message says why.
        SettingError: there is no such configuration.

    """
    if config is not None:
        chosen = vae_config_named(config)
        return Band(_collected(folder, chosen.learnt_from, about, seed, passed), chosen)
    trios = _collected(folder, "trio", about, seed, passed, refuse=False)
    files = {entry.file for entry in trios.header.left_out} | {piece.file for piece in trios.pieces}
    count = len({piece.file for piece in trios.pieces})
    if count >= FEWEST_TRIOS and 2 * count >= len(files):
        return Band(trios, vae_config_named(CONFIGS["trio"]))
    return Band(_collected(folder, "drums", about, seed, passed), vae_config_named(CONFIGS["drums"]))


def _collected(
    folder: Path, kind: Kind, about: About, seed: int, passed: Callable[[str], None], *, refuse: bool = True
) -> Dataset:
    wanted = Wanted(kind, Choice(DRUM_CHANNEL) if kind == "drums" else Choice())

    def parted(validation: float) -> Dataset:
        return collect(folder, wanted, Shares(validation, 0.0, seed), AUGMENTATION[kind], about, passed)

    dataset = parted(JUDGED)
    if len({piece.file for piece in dataset.pieces}) < FILES_TO_PART and dataset.part("validation"):
        dataset = parted(0.0)
    if refuse and not dataset.pieces:
        reasons = sorted({entry.reason for entry in dataset.header.left_out})
        raise DataError(f"{folder} has no {kind} to learn from: its files are {'; '.join(reasons[:3])}.")
    return dataset
