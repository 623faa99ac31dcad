"""Joins the rooms as the settings, and what was said on the command line, have them."""

import argparse
import hashlib
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from appliance.answer.answering import Answering
from appliance.answer.groove_settings import GrooveSettings
from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.settings import AnswerSettings
from appliance.answer.way import Way
from appliance.band import Band
from appliance.call.settings import ListenerSettings, bars_only
from appliance.casting import Cards, Casting
from appliance.controls.binding import ControlsSettings
from appliance.controls.control import Control, Value
from appliance.controls.surface import ControlSurface
from appliance.dials import DIALS, Dials
from appliance.duet import Duet
from appliance.errors import SettingsError
from appliance.hearing import Resolution
from appliance.loop import Lead
from appliance.notation.timeline import Grid, Meter
from appliance.out.settings import ClockSettings, MetronomeSettings, OutSettings
from appliance.pad.midi import Pad
from appliance.pad.ports import PortsSettings
from appliance.pad.settings import PadSettings, pads_of
from appliance.routes import MOTORS, ONLY, PANEL, DuetSettings, Routes, check_controls, check_duet, check_input
from appliance.scenes import Scenes
from appliance.settings import Settings
from appliance.strike.kit import StrikeSettings
from appliance.strike.touch import push_of
from appliance.tempo.conductor import Conductor
from appliance.tempo.settings import TempoSettings, read_meter

Room = TypeVar("Room", bound=msgspec.Struct)

# Who answers for a duet: from its model's name, its seed and the meter.
Engage = Callable[[str, int, Meter], Answering]

_SEEDS = 2**32
# What it may take, after the last step of a call was heard, to make the first stroke and bring it to the striker: one
# network step (2 to 4 ms on a Pi 4), sockets to the worker and back and to the striker, and a scheduler in a bad mood.
_COMPUTING = 0.015
# The panel's own pads send General MIDI, each hit once.
_PLAIN = PadSettings(channel=0, keys={})
# A beat is said this long (s) before its time: in time for a click that is sent ahead.
_BEAT_AHEAD = 0.1


def add_answer_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that change the answer for once."""
    parser.add_argument("--model", metavar="NAME|FILE", help="the model that answers")
    parser.add_argument("--bars", type=int, metavar="N", help="length of the answer (0: as the call)")
    parser.add_argument("--temperature", type=float, metavar="T", help="0: the likeliest, 1: as trained, 2: wild")
    parser.add_argument("--top-k", type=int, metavar="K", help="only the K likeliest events can come (0: all)")
    parser.add_argument("--top-p", type=float, metavar="P", help="only the likeliest that make up this share (1: all)")
    parser.add_argument("--density", type=float, metavar="D", help="-1: fewer drums, 1: more, 0: as trained")
    parser.add_argument("--drums-a-step", type=float, metavar="N", help="so many together on average (0: as trained)")
    parser.add_argument(
        "--allowed-drums", type=_names, metavar="NAME,NAME", help="no other drums can come, as kick,snare,closed_hi_hat"
    )
    parser.add_argument("--beam", type=int, metavar="N", help="keep so many lines, and play the likeliest (1)")
    parser.add_argument("--branch", type=int, metavar="N", help="into how many each line branches (1)")
    parser.add_argument(
        "--steps-per-iteration", type=int, metavar="N", help="steps drawn before lines are compared (1)"
    )
    parser.add_argument("--way", type=Way, choices=list(Way), help="what comes out of a call")
    parser.add_argument("--humanise", action="store_true", default=None, help="play it as a drummer would")
    parser.add_argument("--seed", type=int, metavar="N", help="the same seed gives the same answer")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="your settings, on top of the shipped ones")


class Rooms:
    """What the rooms need, read and checked; no model is read here."""

    def __init__(self, settings: Settings, args: argparse.Namespace) -> None:
        """Raises: SettingsError."""
        self.seed: int = secrets.randbelow(_SEEDS) if args.seed is None else args.seed
        self.strike = settings.room("strike", StrikeSettings)
        self.answer = changed(settings.room("answer", AnswerSettings), {"model": args.model, "bars": args.bars})
        self.grooves = settings.room("groove", GrooveSettings)
        sampling = {field: getattr(args, field, None) for field in SamplingSettings.__struct_fields__}
        self.sampling = changed(settings.room("sampling", SamplingSettings), sampling)
        self.tempo = changed(settings.room("tempo", TempoSettings), {"qpm": getattr(args, "qpm", None)})
        self._clock = settings.room("clock", ClockSettings)
        self._metronome = settings.room("metronome", MetronomeSettings)
        self._call = settings.room("call", ListenerSettings)
        self._pad = settings.room("pad", PadSettings)
        self._controls = settings.room("controls", ControlsSettings)
        self.duets = settings.room("duets", dict[str, DuetSettings]) or {ONLY: DuetSettings()}
        try:
            self._check_way()
            self.pads = pads_of(self._pad, settings.room("pads", dict[str, Any]))
            self.scenes = Scenes(settings.room("scenes", dict[str, Any]), self.duets)
            outputs = (MOTORS, *settings.room("out", OutSettings).ports)
            self._routes = Routes(self.duets, (*self.pads, PANEL), outputs)
            inputs = dict.fromkeys((*self.pads, PANEL, *settings.room("ports", PortsSettings).inputs))
            check_input(self._clock.input, inputs, "clock.input")
            for place, binding in enumerate(self._controls.bindings, 1):
                check_input(binding.port, inputs, f"controls.bindings, row {place} ({binding}), port")
                check_duet(binding.duet, self.duets, f"controls.bindings, row {place} ({binding}), duet")
            self._dials = {name: self._dials_of(duet) for name, duet in self.duets.items()}
        except ValueError as error:
            raise SettingsError(f"{args.settings or 'the shipped settings'}: {error}") from None

    @property
    def horizon(self) -> float:
        """Seconds before a beat by which a live call must be known: the slowest stick's way, and the computing."""
        return max(motor.soft.lead for motor in self.strike.motors) + _COMPUTING

    @property
    def models(self) -> tuple[str, ...]:
        """Every model that may be asked for, the first duet's first."""
        return tuple(dict.fromkeys(model for dials in self._dials.values() for model in dials.models))

    @property
    def first_models(self) -> dict[str, str]:
        """The model that each duet begins with."""
        return {name: dials.answer.model for name, dials in self._dials.items()}

    def band(self, engage: Engage, cards: Cards) -> Band:
        """All duets of the settings, for who plays live.

        Raises: SettingsError for a model that cannot play in its duet, or not in this meter; ModelError from `engage`.
        """
        meter = read_meter(self.tempo.meter)
        casting = Casting(self.duets, cards)
        for name, dials in self._dials.items():
            _check_model(casting, name, dials.answer.model)
            self._check_meter(dials.answer.model, casting.resolution(name))
        conductor = Conductor(
            self.tempo, _BEAT_AHEAD, clock_input=self._clock.input, count_bars=self._metronome.count_in
        )
        duets = {
            name: Duet(
                name,
                dials,
                conductor,
                engage(dials.answer.model, seed_of(self.seed, name), meter),
                casting.resolution(name),
                self.horizon,
            )
            for name, dials in self._dials.items()
        }
        pads = {name: Pad(settings) for name, settings in self.pads.items()} | {PANEL: Pad(_PLAIN)}
        surface = ControlSurface(self._controls.bindings, values_of(self._dials))

        def found(name: str) -> Duet:
            dials = self._dials_of(DuetSettings())
            answering = engage(dials.answer.model, seed_of(self.seed, name), conductor.meter)
            duet = Duet(name, dials, conductor, answering, casting.resolution(name), self.horizon)
            duet.check_meter(conductor.meter)
            return duet

        return Band(duets, conductor, pads, surface, self._routes, self.scenes, casting, found)

    def reader(
        self, engage: Engage, grid: Grid, bars: int, channel: int, horizon: float = 0.0, port: str = "pad"
    ) -> Band:
        """One duet for a file's grid, channel (1 to 16) and length; one read ahead of its time has no horizon."""
        conductor = Conductor(TempoSettings(grid.qpm, str(grid.meter)), _BEAT_AHEAD if horizon else 0.0)
        dials = Dials(bars_only(bars), self.answer, self.sampling, (self.answer.model,), self.grooves)
        answering = engage(self.answer.model, seed_of(self.seed, ONLY), grid.meter)
        duet = Duet(ONLY, dials, conductor, answering, lambda _: grid.steps_per_quarter, horizon)
        routes = Routes({ONLY: DuetSettings()}, [port, PANEL])
        # Nothing bounces in a file.
        pads = {port: Pad(PadSettings(channel, self._pad.keys)), PANEL: Pad(_PLAIN)}
        surface = ControlSurface((), values_of({ONLY: dials}))
        return Band({ONLY: duet}, conductor, pads, surface, routes, Scenes({}, {}))

    def pads_on(self, port: str | None) -> dict[str, PadSettings]:
        """The pads; with `port` the first of them is there, whatever the settings say."""
        if port is None:
            return self.pads
        first = next(iter(self.pads))
        return self.pads | {first: msgspec.structs.replace(self.pads[first], port=port)}

    def check_stories(self, cards: Cards) -> None:
        """Files played as if on a pad are answered on the motors. Raises: SettingsError when they cannot be."""
        _check_model(Casting({ONLY: DuetSettings()}, cards), ONLY, self.answer.model)

    def _check_meter(self, model: str, resolution: Resolution) -> None:
        try:
            self.tempo.grid(resolution(model))
        except ValueError as error:
            raise SettingsError(f"tempo.meter cannot be counted by the model {model}: {error}") from None

    def _check_way(self) -> None:
        """Raises: ValueError for a way that needs a groove model that is not named."""
        ways = (self.sampling.way, *([Way.HUMANISE] if self.sampling.humanise else []))
        for way in ways:
            if refusal := self.grooves.refusal(way):
                raise ValueError(refusal)

    def _dials_of(self, duet: DuetSettings) -> Dials:
        """Raises: ValueError."""
        controls = check_controls(duet.controls, "controls")
        own = controls.pop(Control.MODEL, self.answer.model)
        first = own if isinstance(own, str) else self.answer.model
        answer = msgspec.structs.replace(self.answer, model=first)
        models = dict.fromkeys((self.answer.model, *self.answer.models, first, *self.scenes.models()))
        dials = Dials(self._call, answer, self.sampling, tuple(models), self.grooves)
        for control, value in controls.items():
            if control not in DIALS:
                raise ValueError(f"controls.{control}: it is no duet's own")
            dials = dials.turned(control, value)
        return dials


def _check_model(casting: Casting, duet: str, model: str) -> None:
    if reason := casting.refusal(duet, model):
        there = "" if duet == ONLY else f"duets.{duet}: "
        mend = "give the duet a port of [out.ports] in place of them: outputs = [NAME]"
        raise SettingsError(f"{there}{reason}{f'; {mend}' if 'motors' in reason else ''}")


def _names(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(",") if word.strip())


def thru_lead(strike: StrikeSettings) -> Lead:
    """How long the quickest stick that plays a key needs at a velocity (s), or None where none does."""
    kit = strike.kit

    def lead(key: int, velocity: int) -> float | None:
        return min((push_of(motor, velocity).lead for motor in kit.motors_for(key)), default=None)

    return lead


def seed_of(seed: int, duet: str) -> int:
    """A duet's own seed, from the evening's: two duets with one model do not play the same."""
    return int.from_bytes(hashlib.blake2b(f"{seed} {duet}".encode(), digest_size=8).digest(), "little")


def values_of(duets: Mapping[str, Dials]) -> dict[Control, Value]:
    """Where the first duet's controls stand: what a button toggles for all."""
    first = next(iter(duets.values()))
    return {control: first.value(control) for control in DIALS}


def changed(settings: Room, given: dict[str, object]) -> Room:
    """The settings with what was given on the command line, None standing for nothing. Raises: SettingsError."""
    chosen = {key: value for key, value in given.items() if value is not None}
    try:
        return msgspec.structs.replace(settings, **chosen)
    except ValueError as error:
        raise SettingsError(str(error)) from None
