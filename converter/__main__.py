"""`ghostnote-converter`: turns Magenta's models into the appliance's, measures them, and trains new ones."""

import argparse
import sys
from collections.abc import Sequence

from converter import convert_command, evaluate_command
from converter.errors import ConverterError


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0 done, 1 the model would not say what its source says, 2 bad input."""
    parser = _parser()
    chosen = parser.parse_args(sys.argv[1:] if arguments is None else arguments)
    try:
        status: int = chosen.run(chosen)
    except ConverterError as error:
        print(f"ghostnote-converter: {error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ghostnote-converter", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command, help_text in (
        ("convert", convert_command, "a Magenta model to models/NAME.tflite"),
        ("evaluate", evaluate_command, "how well a model foretells a folder of drum MIDI"),
    ):
        subparser = commands.add_parser(name, help=help_text, description=command.__doc__)
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
