"""What a model plays after it has learnt a band's music, and how near that is to the music itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from converter.dataset import Augmentation, Dataset
from converter.groove_tensors import DRUMS
from converter.latent import slerp
from converter.piece import Piece, Split
from converter.trio_tensors import NOTE_OFF, drum_line, melody_line
from converter.vae_config import VaeConfig
from converter.vae_material import Array, Batch, VaeMaterial, rows_of, vae_material
from converter.vae_music import DRUM_CHANNEL, Part, parts_of, play
from converter.vae_network import Floats
from converter.vae_player import VaePlayer

Events = npt.NDArray[np.int16]  # [T, parts]: 0 where nothing begins
SPLITS: tuple[Split, Split] = ("train", "validation")
COMPARED = 3000  # windows of the band's, at most, that a sample is held against


@dataclass(frozen=True)
class Sample:
    """Something played: its `likeness` (F1 of what begins where) to what it is `nearest` to of the band's windows.

    `original`: of what is given back, what it was, which its likeness is to.
    """

    name: str
    said: str
    parts: Sequence[Part]
    likeness: float
    nearest: str
    original: Sequence[Part] = ()


@dataclass(frozen=True)
class _Known:
    """The band's windows: what begins in each [N, T, parts], and the piece each is of."""

    events: Events
    pieces: Sequence[str]

    def nearest(self, events: Events) -> tuple[float, str]:
        """The likeness of the likest window, and its piece."""
        same = ((self.events == events) & (events > 0)).sum((1, 2))
        both = (self.events > 0).sum((1, 2)) + (events > 0).sum()
        found = 2 * same / np.maximum(both, 1)
        best = int(found.argmax())
        return float(found[best]), self.pieces[best]


def band_samples(
    player: VaePlayer, config: VaeConfig, dataset: Dataset, count: int, temperature: float, seed: int
) -> Iterator[Sample]:
    """`count` samples out of nothing, half as many from between two pieces, and two as the model gives them back.

    What is given back are pieces kept from it, where there are any. Models that are told hits or chords cannot play so.
    """
    rng = np.random.default_rng(seed)
    learnt, judged = ([piece for piece in dataset.part(split) if len(_windows(config, piece))] for split in SPLITS)
    known = _known(config, learnt)

    def sample(name: str, said: str, z: Floats, original: Sequence[Part] = ()) -> Sample:
        parts = play(player, config, z, temperature, rng)
        events = events_of(config, parts)
        if original:
            return Sample(
                name, said, parts, *_Known(events_of(config, original)[None], ["what it was"]).nearest(events), original
            )
        likeness, piece = known.nearest(events)
        return Sample(name, said, parts, likeness, f"a part of {piece}")

    def place(piece: Piece) -> Floats:
        return _place(player, config, _drawn(config, piece, rng))

    size = len(place(learnt[0]))
    for number in range(count):
        yield sample(f"sample_{number + 1}", "out of nothing", rng.standard_normal(size).astype(np.float32))
    for number in range(count // 2 if len(learnt) > 1 else 0):
        one, other = (learnt[int(which)] for which in rng.choice(len(learnt), 2, replace=False))
        said = f"half way from {one.name} to {other.name}"
        yield sample(f"between_{number + 1}", said, slerp(place(one), place(other), 0.5))
    for number, piece in enumerate((judged or learnt)[:2]):
        heard = "which it never heard" if judged else "which it learnt"
        batch = _drawn(config, piece, rng)
        original = parts_of(config, rows_of(config, batch["wanted"][0]))
        said = f"a part of {piece.name}, {heard}, given back"
        yield sample(f"again_{number + 1}", said, _place(player, config, batch), original)


def _windows(config: VaeConfig, piece: Piece) -> VaeMaterial:
    return vae_material(config, [piece], Augmentation(), learnt=True)


def _drawn(config: VaeConfig, piece: Piece, rng: np.random.Generator) -> Batch:
    """One window of the piece, as a batch."""
    material = _windows(config, piece)
    (batch,) = VaeMaterial(material.windows[[int(rng.integers(len(material)))]], material.encode).whole(1)
    return batch


def _place(player: VaePlayer, config: VaeConfig, batch: Batch) -> Floats:
    """Where a window lies [Z]."""
    return player.encode(rows_of(config, batch["given"][0]), batch["control"][0] if config.control_depth else None)[0]


def _known(config: VaeConfig, pieces: Sequence[Piece]) -> _Known:
    materials = [(piece.name, _windows(config, piece)) for piece in pieces]
    every = -(-sum(len(material) for _, material in materials) // COMPARED)
    found: list[Events] = []
    names: list[str] = []
    for name, material in materials:
        some = VaeMaterial(material.windows[::every], material.encode)
        for batch in some.whole(256):
            found += list(_begins(config, batch["wanted"]))
            names += [name] * len(batch["wanted"])
    return _Known(np.stack(found), names)


def _begins(config: VaeConfig, wanted: Array) -> Events:
    """What begins in windows [N, T, ...] as they are learnt."""
    if config.kind == "groove":
        return np.asarray(wanted[..., :DRUMS] > 0.5, np.int16)
    if config.decoder == "nade":
        return wanted.astype(np.int16)
    numbers = wanted.astype(np.int16)
    melodies = numbers if config.kind == "melody" else numbers[..., :-1]
    begun = np.where(melodies == NOTE_OFF, 0, melodies).astype(np.int16)
    if config.kind == "melody":
        return begun
    return np.concatenate([begun, _bits(numbers[..., -1])], -1)


def _bits(labels: npt.NDArray[np.int16]) -> Events:
    return (labels[..., None] >> np.arange(DRUMS, dtype=np.int16) & 1).astype(np.int16)


def events_of(config: VaeConfig, parts: Sequence[Part]) -> Events:
    """What begins in what was played [T, parts], as in the band's windows."""
    columns = []
    for part in parts:
        if part.channel != DRUM_CHANNEL:
            line = melody_line(part.notes, config.steps)
            columns.append(np.where(line == NOTE_OFF, 0, line)[:, None].astype(np.int16))
            continue
        kit = [drum_line(part.notes, config.steps, {pitch: 0}) for pitch, *_ in config.drum_map]
        columns.append(np.stack(kit, -1))
    return np.concatenate(columns, 1)
