"""Music into an autoencoder's windows, and its steps into notes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

import numpy as np

from converter.dataset import Augmentation
from converter.drum_kit import DrumMap
from converter.drum_part import drum_parts
from converter.errors import DataError
from converter.groove_play import played
from converter.groove_tensors import GENERAL, STEPS_PER_QUARTER, Array, groove_notes, groove_rows, windows_of
from converter.melody_part import MelodyRules, melody_parts
from converter.music_file import Choice, LeftOutError, read_music
from converter.piece import Notes, Piece
from converter.trio_part import trio_parts
from converter.vae_config import VaeConfig
from converter.vae_material import BAR, given_groove, rows_of, vae_material
from converter.vae_network import Floats
from converter.vae_player import VaePlayer

VELOCITY = 80  # what Magenta gives notes that know none
MELODY_LOWEST = 21  # of the classes 2 and up; 0 is no event and 1 the end of a note (OneHotMelodyConverter)
BASS_PROGRAM = 33  # electric bass (finger), counted from 0
DRUM_CHANNEL = 9  # counted from 0


@dataclass(frozen=True)
class Part:
    """Notes of one instrument; channel and program count from 0."""

    name: str
    channel: int
    program: int
    notes: Notes


def play(player: VaePlayer, config: VaeConfig, z: Floats, temperature: float, rng: np.random.Generator) -> list[Part]:
    """What stands at z, drawn at a temperature.

    Raises:
        DataError: the music of this configuration is not known here.

    """
    if config.groove is not None:
        return parts_of(config, played(player.network, z, config.steps, temperature=temperature, rng=rng))
    return parts_of(config, player.decode(z, config.steps, temperature, rng))


def parts_of(config: VaeConfig, rows: Floats) -> list[Part]:
    """The notes of decoded rows [T, out].

    Raises:
        DataError: the music of this configuration is not known here.

    """
    if config.groove is not None:
        return [Part("drums", DRUM_CHANNEL, 0, groove_notes(rows, config.drum_map))]
    if config.kind in PARTS:
        edges = np.cumsum([0, *config.output_depths])
        return PARTS[config.kind](config, [rows[:, first:last] for first, last in pairwise(edges.tolist())])
    raise DataError(f"{config.name} gives {config.kind}, which cannot be written down here.")


def _drums(config: VaeConfig, parts: list[Floats]) -> list[Part]:
    (rows,) = parts
    hits = rows > 0 if config.decoder == "nade" else _bits(rows, len(config.drum_map))
    return [Part("drums", DRUM_CHANNEL, 0, _drum_notes(hits, config.drum_map))]


def _bits(rows: Floats, drums: int) -> Array:
    """The drums of one-hot labels [T, 2 ** drums]."""
    return np.asarray(rows.argmax(1)[:, None] >> np.arange(drums) & 1)


def _drum_notes(hits: Array, drum_map: DrumMap) -> Notes:
    steps, drums = np.nonzero(hits)
    starts = steps / STEPS_PER_QUARTER
    pitches = np.array([drum_map[drum][0] for drum in drums.tolist()], np.uint8)
    return Notes(starts, starts + 1 / STEPS_PER_QUARTER, pitches, np.full(len(steps), VELOCITY, np.uint8))


def _melody(_: VaeConfig, parts: list[Floats]) -> list[Part]:
    return [Part("melody", 0, 0, melody_notes(parts[0]))]


def _trio(config: VaeConfig, parts: list[Floats]) -> list[Part]:
    melody, bass, drums = parts
    return [
        Part("melody", 0, 0, melody_notes(melody)),
        Part("bass", 1, BASS_PROGRAM, melody_notes(bass)),
        Part("drums", DRUM_CHANNEL, 0, _drum_notes(_bits(drums, len(config.drum_map)), config.drum_map)),
    ]


def melody_notes(rows: Floats) -> Notes:
    """The notes of one-hot melody events [T, 90]: each sounds until the next, a note-off, or the end."""
    events = rows.argmax(1)
    places = np.flatnonzero(events)
    found = [
        (place, end, event - 2 + MELODY_LOWEST)
        for place, end, event in zip(places, [*places[1:], len(events)], events[places], strict=False)
        if event > 1
    ]
    table = np.array(found, float).reshape(-1, 3)
    pitches = table[:, 2].astype(np.uint8)
    velocities = np.full(len(found), VELOCITY, np.uint8)
    return Notes(table[:, 0] / STEPS_PER_QUARTER, table[:, 1] / STEPS_PER_QUARTER, pitches, velocities)


PARTS: Mapping[str, Callable[[VaeConfig, list[Floats]], list[Part]]] = MappingProxyType(
    {"drums": _drums, "nade_drums": _drums, "melody": _melody, "trio": _trio}
)


def mean_of_file(player: VaePlayer, config: VaeConfig, path: Path) -> Floats:
    """Where the first window of a file lies [Z]: of its drums, its first melody, or its trio, by the configuration.

    Drums and melodies that are shorter than a window are filled up with silence.

    Raises:
        DataError: the file cannot be read, or has no such music.

    """
    if config.kind == "multiperf" or (config.kind == "melody" and config.control_depth):
        raise DataError(f"{config.name} reads {config.kind}; of files only drums, melodies and trios can be read here.")
    try:
        pieces = _pieces(config, path)
    except LeftOutError as reason:
        raise DataError(f"{path} cannot be taken: {reason}.") from None
    # A file is heard as General MIDI has it, not as the drum set that GrooVAE learnt from.
    if config.groove is not None:
        windows = windows_of(groove_rows(pieces[0].notes, classes=GENERAL), config.steps // BAR, padded=True)
        found = [given_groove(windows[0], config.groove)] if windows else []
        control = windows[0][:, : config.control_depth] if found and config.control_depth else None
    else:
        material = vae_material(config, pieces[:1], Augmentation(), learnt=True)
        found = [rows_of(config, batch["given"][0]) for batch in material.whole(1)][:1]
        control = None
    if not found:
        raise DataError(f"{path} has nothing that {config.name} knows.")
    return player.encode(found[0], control)[0]


def _pieces(config: VaeConfig, path: Path) -> list[Piece]:
    """Raises: LeftOutError."""
    sequence = read_music(path, Choice())[0]
    if config.learnt_from == "trio":
        notes, parts = trio_parts(sequence)
        return [Piece(path.name, path.name, 4.0, notes, parts=parts)]
    if config.learnt_from == "melody":
        return [
            Piece(path.name, path.name, 4.0, notes) for notes in melody_parts(sequence, MelodyRules(shortest_bars=1))
        ]
    return [Piece(path.name, path.name, 4.0, notes) for notes in drum_parts(sequence, any_channel=False)]
