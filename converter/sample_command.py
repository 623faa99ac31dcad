"""`ghostnote-converter sample`: music that an autoencoder makes out of nothing, as MIDI and as a picture."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from converter.arguments import count, minutes, positive
from converter.atomic_file import write_atomically
from converter.errors import SettingError
from converter.vae_config import VaeConfig
from converter.vae_music import Part
from converter.vae_network import Floats
from converter.vae_player import VaePlayer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    add_common_arguments(parser)
    parser.add_argument("--num-outputs", type=positive, default=5, metavar="N", help="how many: 5")


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    """What sample and interpolate both take."""
    parser.add_argument("model", type=Path, help="a .tflite of the converter's, or a checkpoint")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="where the MIDI files go")
    parser.add_argument("--config", help="Magenta's configuration, where the file does not tell it")
    parser.add_argument("--temperature", type=minutes, default=0.5, metavar="T", help="0 is the likeliest; 0.5")
    parser.add_argument("--seed", type=count, default=1, metavar="N", help="the same seed plays the same")


def run(args: argparse.Namespace) -> int:
    """Sample and write; the exit status.

    Raises:
        ConverterError: the model will not do, or the folder cannot be written to.

    """
    player, config, size = open_autoencoder(args.model, args.config)
    rng = np.random.default_rng(args.seed)
    points = [rng.standard_normal(size).astype(np.float32) for _ in range(args.num_outputs)]
    names = [f"sample_{number + 1:03}" for number in range(len(points))]
    write_pieces(args, player, config, dict(zip(names, points, strict=True)), rng)
    return 0


def open_autoencoder(path: Path, said: str | None) -> tuple[VaePlayer, VaeConfig, int]:
    """The player of a model, its configuration, and how many numbers z has.

    Raises:
        ConverterError: it cannot be read, or is another model.

    """
    from converter.source import read_source
    from converter.vae_architecture import holds_autoencoder, recognise_vae
    from converter.vae_card import is_vae_model, read_vae_model
    from converter.vae_conversion import described, open_vae_model, open_vae_source

    if path.suffix == ".tflite":
        if not is_vae_model(path):
            raise SettingError(f"{path} is no autoencoder: only a MusicVAE or a GrooVAE has a latent space.")
        model = read_vae_model(path)
        config, sizes = described(model.card)
        return open_vae_model(model), config, sizes.z
    source = read_source(path)
    if not holds_autoencoder(source.variables):
        raise SettingError(f"{path} is no autoencoder: only a MusicVAE or a GrooVAE has a latent space.")
    architecture = recognise_vae(source, said)
    return open_vae_source(source, architecture), architecture.config, architecture.sizes.z


def write_pieces(
    args: argparse.Namespace, player: VaePlayer, config: VaeConfig, points: dict[str, Floats], rng: np.random.Generator
) -> list[tuple[str, Sequence[Part]]]:
    """Play each point into NAME.mid in the folder, and draw all of them into rolls.svg.

    Raises:
        SettingError: the folder cannot be written to.

    """
    from converter.listening import parts_bytes
    from converter.roll_drawing import rolls_svg
    from converter.vae_music import play

    if config.control_depth:
        raise SettingError(f"{config.name} is told hits or chords as it plays; without them it cannot be sampled.")
    pieces: list[tuple[str, Sequence[Part]]] = []
    try:
        args.output.mkdir(parents=True, exist_ok=True)
        for name, z in points.items():
            parts = play(player, config, z, args.temperature, rng)
            write_atomically(args.output / f"{name}.mid", parts_bytes(parts))
            pieces.append((name, parts))
        picture = rolls_svg(pieces, config.steps / config.steps_per_quarter)
        write_atomically(args.output / "rolls.svg", picture.encode())
    except OSError as error:
        raise SettingError(f"{error.filename or args.output} cannot be written: {error.strerror}.") from error
    print(f"{args.output}: {len(pieces)} MIDI files; rolls.svg shows them")
    return pieces
