"""Joins the player and the sender as the settings have them."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from appliance.asides import Asides
from appliance.broadcast import Broadcast
from appliance.clock import Clock
from appliance.drivers.out_link import OutLink
from appliance.drivers.outputs import Outputs
from appliance.errors import SettingsError
from appliance.notation.hit import Stroke
from appliance.out.settings import MetronomeSettings, OscSettings, OutSettings, check_outputs
from appliance.settings import Settings

# A number that no player has: what became of a click is no part of an answer.
_CLICKS = 0


def open_outputs(
    path: Path,
    settings: Settings,
    duets: Mapping[str, Sequence[str]],
    asides: Asides,
    clock: Clock,
    stack: ExitStack,
) -> tuple[Broadcast, Outputs]:
    """Who is told all that happens, and what the loop looks after. `duets`: each with its outputs.

    Raises: SettingsError for an output that the settings have not.
    """
    out = settings.room("out", OutSettings)
    metronome = settings.room("metronome", MetronomeSettings)
    osc = bool(settings.room("osc", OscSettings).to)
    try:
        check_outputs(out, metronome__output=metronome.output)
        for duet, outputs in duets.items():
            for name in outputs:
                check_outputs(out, **{f"duets__{duet}__outputs": name})
    except ValueError as error:
        raise SettingsError(str(error)) from None
    link = OutLink(path, clock) if out.ports or osc else None
    if link is not None:
        stack.callback(link.close)
    send = link.send if link is not None else _nowhere
    beat = partial(_click, asides, clock)
    broadcast = Broadcast(out, metronome, duets, send, beat, osc=osc)
    return broadcast, Outputs(link, metronome=metronome.on)


def _click(asides: Asides, clock: Clock, stroke: Stroke) -> None:
    asides.send(stroke, _CLICKS, clock.now())


def _nowhere(_: object) -> None:
    """Where the settings have no port and no address."""
