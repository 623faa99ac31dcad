"""Kinds of numbers the commands take, each refused in words, and what several commands are asked alike."""

import argparse


def count(text: str) -> int:
    """A whole number, 0 or more."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def positive(text: str) -> int:
    """A whole number above 0."""
    if not count(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def sizes(text: str) -> tuple[int, ...]:
    """Whole numbers above 0, parted by commas."""
    return tuple(positive(size) for size in text.split(","))


def share(text: str) -> float:
    """A number from 0 to below 1."""
    number = _number(text)
    if not 0 <= number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to below 1")
    return number


def whole_share(text: str) -> float:
    """A number from 0 to 1."""
    number = _number(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 1")
    return number


def minutes(text: str) -> float:
    """Minutes, 0 or more."""
    number = _number(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of minutes")
    return number


def outcome_arguments(parser: argparse.ArgumentParser) -> None:
    """What every training is asked of its outcome."""
    parser.add_argument("--afresh", action="store_true", help="do not go on with a training that was cut short")
    parser.add_argument("--licence", help="the licence of the weights (default: the data set's)")
    parser.add_argument("--credit", help="whom they are owed to (default: the data set's)")
    parser.add_argument("--quantize", choices=("none", "float16", "int8"), default="none", help="of the .tflite: none")
    parser.add_argument("--json", action="store_true", help="the outcome as one JSON object on standard output")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1
