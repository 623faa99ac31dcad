"""`ghostnote-converter interpolate`: the way from one pattern, or song, to another, as MIDI and as a picture."""

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np

from converter.arguments import positive
from converter.sample_command import add_common_arguments, open_autoencoder, write_pieces


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    add_common_arguments(parser)
    parser.add_argument("--input-midi-1", type=Path, required=True, metavar="FILE", help="where the way begins")
    parser.add_argument("--input-midi-2", type=Path, required=True, metavar="FILE", help="where it ends")
    parser.add_argument("--num-outputs", type=positive, default=5, metavar="N", help="with both ends: 5")


def run(args: argparse.Namespace) -> int:
    """Interpolate and write; the exit status. The first and the last are what the model makes of the inputs.

    Raises:
        ConverterError: model or inputs will not do, or the folder cannot be written to.

    """
    from converter.latent import between, longest_step
    from converter.vae_music import mean_of_file

    player, config, _ = open_autoencoder(args.model, args.config)
    one, other = (mean_of_file(player, config, path) for path in (args.input_midi_1, args.input_midi_2))
    points = between(one, other, args.num_outputs)
    names = [f"step_{number + 1:03}" for number in range(len(points))]
    write_pieces(args, player, config, dict(zip(names, points, strict=True)), np.random.default_rng(args.seed))
    steps = [float(np.linalg.norm(after - before)) for before, after in pairwise(points)]
    if steps:
        bound = longest_step(one, other, len(points))
        print(f"neighbours lie {max(steps):.3f} apart at most, no more than {bound:.3f}, of {sum(steps):.3f} in all")
    return 0
