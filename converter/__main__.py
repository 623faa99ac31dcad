"""`ghostnote-converter`: turns Magenta's models into the appliance's, measures them, and trains new ones."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from converter.errors import ConverterError

# Each has add_arguments(parser) and run(arguments) -> exit status.
_COMMANDS = {
    "convert": ("converter.convert_command", "a Magenta model to models/NAME.tflite"),
    "dataset": ("converter.dataset_command", "a folder of music to one file to train on"),
    "evaluate": ("converter.evaluate_command", "how well a model foretells a folder of music, or a data set"),
    "interpolate": ("converter.interpolate_command", "the way from one pattern to another in a latent space"),
    "inspect": ("converter.inspect_command", "what a file is, and what would become of it"),
    "sample": ("converter.sample_command", "music that an autoencoder makes out of nothing"),
    "train-on-my-band": ("converter.band_command", "a folder of a band's MIDI to a model and a page of samples"),
    "train-vae": ("converter.train_vae_command", "a data set to a MusicVAE or GrooVAE, and models/NAME.tflite"),
    "train": ("converter.train_command", "a data set to a Magenta bundle and models/NAME.tflite"),
    "verify": ("converter.verify_command", "a converted model held against what it was made of"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0 done, 1 the model would not say what its source says, 2 bad input or missing libraries."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        chosen = _parser(given[0] if given else "").parse_args(given)
        status: int = chosen.run(chosen)
        if sys.stdout is not None:
            sys.stdout.flush()
    except ConverterError as error:
        print(f"ghostnote-converter: {error}", file=sys.stderr)
        return error.exit_status
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("converter"):
            raise
        print(
            f"ghostnote-converter: {error.name} is not installed: pip install '.[converter]' in Ghostnote's folder",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output has enough of it; Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except OSError as error:
        # The commands have words of their own for their files; this is a full disk behind standard output, or a folder
        # that may not be read.
        print(f"ghostnote-converter: {error.filename or 'standard output'}: {error.strerror or error}", file=sys.stderr)
        return 2
    return status


def _parser(wanted: str) -> argparse.ArgumentParser:
    """The command line; only the wanted command's module is imported, for one of them brings note-seq along."""
    parser = argparse.ArgumentParser(prog="ghostnote-converter", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (module, explained) in _COMMANDS.items():
        subparser = commands.add_parser(name, help=explained)
        if name == wanted:
            command = importlib.import_module(module)
            subparser.description = command.__doc__
            command.add_arguments(subparser)
            subparser.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
