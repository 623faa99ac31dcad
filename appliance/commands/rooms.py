"""Joins the rooms as the settings, and what was said on the command line, have them."""

import argparse
import random
import secrets
from pathlib import Path
from typing import TypeVar

import msgspec

from appliance.answer.answerer import Answerer, AnswerSettings
from appliance.answer.sampling import SamplingSettings
from appliance.call.listener import Listener, ListenerSettings, bars_only
from appliance.drivers.model_file import find_model
from appliance.drivers.tflite import TfliteModel
from appliance.errors import SettingsError
from appliance.instrument import Instrument
from appliance.notation.timeline import Grid
from appliance.pad.midi import Pad, PadSettings
from appliance.settings import Settings
from appliance.strike.kit import StrikeSettings

Room = TypeVar("Room", bound=msgspec.Struct)

_SEEDS = 2**32
# What it may take, after the last step of a call was heard, to make the first stroke and bring it to the striker: one
# network step (2 to 4 ms on a Pi 4), a socket, and a scheduler in a bad mood.
_COMPUTING = 0.010


def add_answer_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that change the answer for once."""
    parser.add_argument("--model", metavar="NAME|FILE", help="the model that answers")
    parser.add_argument("--bars", type=int, metavar="N", help="length of the answer (0: as the call)")
    parser.add_argument("--temperature", type=float, metavar="T", help="0: the likeliest, 1: as trained, 2: wild")
    parser.add_argument("--top-k", type=int, metavar="K", help="only the K likeliest events can come (0: all)")
    parser.add_argument("--seed", type=int, metavar="N", help="the same seed gives the same answer")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="your settings, on top of the shipped ones")


class Rooms:
    """What the rooms need, read and checked; each `instrument` is a new one around the same model and chance."""

    def __init__(self, settings: Settings, args: argparse.Namespace) -> None:
        """Raises: SettingsError, ModelError."""
        self.seed: int = secrets.randbelow(_SEEDS) if args.seed is None else args.seed
        self.strike = settings.room("strike", StrikeSettings)
        self._answer = changed(settings.room("answer", AnswerSettings), {"model": args.model, "bars": args.bars})
        sampling = {"temperature": args.temperature, "top_k": args.top_k}
        self._sampling = changed(settings.room("sampling", SamplingSettings), sampling)
        self.call = settings.room("call", ListenerSettings)
        self._pad = settings.room("pad", PadSettings)
        self._chance = random.Random(self.seed)
        self.model = TfliteModel(find_model(self._answer.model))

    @property
    def horizon(self) -> float:
        """Seconds before a beat by which a live call must be known: the slowest stick's way, and the computing."""
        return max(motor.soft.lead for motor in self.strike.motors) + _COMPUTING

    def instrument(self, grid: Grid) -> Instrument:
        """Pad, listener and answerer on a grid, for who plays live."""
        return self._join(Pad(self._pad), Listener(self.call, grid, self.horizon), grid)

    def reader(self, grid: Grid, bars: int, channel: int, horizon: float = 0.0) -> Instrument:
        """The same for a file's channel (1 to 16) and length; one that is read ahead of its time has no horizon."""
        pad = Pad(changed(self._pad, {"channel": channel}))
        return self._join(pad, Listener(bars_only(bars), grid, horizon), grid)

    def _join(self, pad: Pad, listener: Listener, grid: Grid) -> Instrument:
        answerer = Answerer(self.model, self._answer, self._sampling, self._chance.random, grid.steps_per_bar)
        return Instrument(pad, listener, answerer)


def changed(settings: Room, given: dict[str, object]) -> Room:
    """The settings with what was given on the command line, None standing for nothing. Raises: SettingsError."""
    chosen = {key: value for key, value in given.items() if value is not None}
    try:
        return msgspec.structs.replace(settings, **chosen)
    except ValueError as error:
        raise SettingsError(str(error)) from None
