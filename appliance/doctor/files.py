"""Settings, model and disk."""

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.settings import AnswerSettings
from appliance.arduino.wiring import ArduinoSettings
from appliance.call.settings import ListenerSettings
from appliance.controls.binding import ControlsSettings
from appliance.doctor.finding import Finding, bad, look, ok
from appliance.drivers.journal_file import JournalSettings
from appliance.drivers.wiring import PinSettings
from appliance.drivers.worker import WorkerSettings
from appliance.errors import ModelError, SettingsError
from appliance.out.settings import ClockSettings, MetronomeSettings, OscSettings, OutSettings
from appliance.pad.midi import PadSettings
from appliance.pad.ports import PortsSettings, wanted
from appliance.pad.settings import pads_of
from appliance.panel.settings import PanelSettings
from appliance.release.settings import UpdateSettings
from appliance.settings import Settings, load_settings
from appliance.status.wiring import StatusSettings
from appliance.strike.kit import StrikeSettings
from appliance.tempo.settings import TempoSettings

_ROOMS: dict[str, type[msgspec.Struct]] = {
    "pad": PadSettings,
    "ports": PortsSettings,
    "controls": ControlsSettings,
    "tempo": TempoSettings,
    "clock": ClockSettings,
    "metronome": MetronomeSettings,
    "out": OutSettings,
    "osc": OscSettings,
    "call": ListenerSettings,
    "answer": AnswerSettings,
    "sampling": SamplingSettings,
    "strike": StrikeSettings,
    "pins": PinSettings,
    "arduino": ArduinoSettings,
    "status": StatusSettings,
    "journal": JournalSettings,
    "worker": WorkerSettings,
    "panel": PanelSettings,
    "update": UpdateSettings,
}

_INTERPRETERS = ("ai_edge_litert", "tflite_runtime")


def check_settings(file: Path | None) -> Finding:
    """Whether every room can use its table."""
    try:
        settings = load_settings(file)
        for table, kind in _ROOMS.items():
            settings.room(table, kind)
        pads = pads_of(settings.room("pad", PadSettings), settings.room("pads", dict[str, Any]))
        wanted(pads, settings.room("ports", PortsSettings))
        pins = settings.room("pins", PinSettings)
        if pins.motors:
            pins.wired(settings.room("strike", StrikeSettings))
    except (SettingsError, ValueError) as error:
        return bad("settings", str(error), "Mend that line; no motor moves before.")
    return ok("settings", "the shipped ones" if file is None else f"{file}, on top of the shipped ones")


def check_model(settings: Settings) -> Finding:
    """Whether the model that answers is whole, and whether something is there to run it."""
    # Here: who only makes rounds, evening after evening, needs no numpy for it (10 MB, and half a second of a Pi 3).
    from appliance.drivers.model_file import find_model, read_card

    try:
        path = find_model(settings.room("answer", AnswerSettings).model)
        card = read_card(path)
    except ModelError as error:
        return bad("model", str(error), "Choose another in [answer], or copy the file again.")
    if not any(find_spec(name) for name in _INTERPRETERS):
        return bad("model", f"nothing is installed that runs {path.name}", "pip install 'ghostnote[runtime]'")
    return ok("model", f"{card.name}, {path.stat().st_size / 1e6:.1f} MB, whole")


def check_disk(folder: Path, full: int) -> Finding:
    """How much is free where `folder` is, against the limit of [status] in MB."""
    free = shutil.disk_usage(folder).free / 1e6
    if free < full:
        return bad("disk", f"{free:.0f} MB free, less than {full} MB", "Delete old journals; the music needs none.")
    if free < 2 * full:
        return look("disk", f"{free:.0f} MB free", "Delete old journals soon.")
    return ok("disk", f"{free:.0f} MB free")
