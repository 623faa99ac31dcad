"""Where a duet's controls stand: three rooms' settings, and which field of them a control turns."""

import msgspec

from appliance.answer.groove_settings import GrooveSettings
from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.settings import AnswerSettings, Mode
from appliance.answer.way import Way
from appliance.call.settings import ListenerSettings, Start
from appliance.controls.control import Control, Value
from appliance.controls.limits import checked


class Dials(msgspec.Struct, frozen=True):
    """All settings of a duet that a control can turn. Its models are numbered from 0 as they stand in `models`.

    `grooves` are the groove models that its ways may need.
    """

    call: ListenerSettings
    answer: AnswerSettings
    sampling: SamplingSettings
    models: tuple[str, ...] = ()
    grooves: GrooveSettings = GrooveSettings()

    def turned(self, control: Control, value: Value) -> "Dials":
        """These with one control elsewhere. Raises: ValueError with what is wrong, for a value that it cannot have."""
        room, field = _FIELDS[control]
        meant: object = checked(control, value)
        match control:
            case Control.MODEL:
                meant = self._model(meant)
            case Control.MODE:
                meant = Mode(str(meant))
            case Control.START:
                meant = Start(str(meant))
            case Control.WAY:
                meant = self._way(Way(str(meant)))
            case Control.HUMANISE if meant:
                self._way(Way.HUMANISE)
        changed = msgspec.structs.replace(getattr(self, room), **{field: meant})
        return msgspec.structs.replace(self, **{room: changed})

    def with_model(self, name: str) -> "Dials":
        """These with another model behind the others."""
        if name in self.models:
            return self
        return msgspec.structs.replace(self, models=(*self.models, name))

    def answer_length(self, call: int, steps_per_bar: int) -> int:
        """The steps of an answer to a call of so many; 0 for one without an end, which trading has not."""
        if self.sampling.way is Way.ENDLESS and self.answer.mode is Mode.ANSWER:
            return self.answer.bars * steps_per_bar
        return self.answer.bars * steps_per_bar or call

    def value(self, control: Control) -> Value:
        """Where a control stands."""
        room, field = _FIELDS[control]
        value: Value = getattr(getattr(self, room), field)
        return value

    def _way(self, way: Way) -> Way:
        if refusal := self.grooves.refusal(way):
            raise ValueError(refusal)
        return way

    def _model(self, meant: object) -> str:
        if isinstance(meant, int):
            if meant < len(self.models):
                return self.models[meant]
            raise ValueError(f"there are {len(self.models)} models, from number 0 on, and none is number {meant}")
        if meant not in self.models:
            raise ValueError(f"no model is called {meant!r}: there are {', '.join(self.models)}")
        return str(meant)


_FIELDS: dict[Control, tuple[str, str]] = {
    Control.TEMPERATURE: ("sampling", "temperature"),
    Control.TOP_K: ("sampling", "top_k"),
    Control.DENSITY: ("sampling", "density"),
    Control.WAY: ("sampling", "way"),
    Control.HUMANISE: ("sampling", "humanise"),
    Control.SIMILARITY: ("sampling", "similarity"),
    Control.BLEND_X: ("sampling", "blend_x"),
    Control.BLEND_Y: ("sampling", "blend_y"),
    Control.CALL_BARS: ("call", "bars"),
    Control.SILENCE_BEATS: ("call", "silence_beats"),
    Control.MIN_BARS: ("call", "min_bars"),
    Control.MAX_BARS: ("call", "max_bars"),
    Control.START: ("call", "start"),
    Control.ANSWER_BARS: ("answer", "bars"),
    Control.MODE: ("answer", "mode"),
    Control.MODEL: ("answer", "model"),
    Control.LOOP: ("answer", "loop"),
    Control.OVERLAP: ("answer", "overlap"),
    Control.THRU: ("answer", "thru"),
    Control.MUTE: ("answer", "mute"),
    Control.MEMORY: ("answer", "memory"),
}

# The controls that have a place among a duet's dials.
DIALS = frozenset(_FIELDS)

# Those of them that change how an answer is drawn.
SAMPLINGS = frozenset(control for control, (room, _) in _FIELDS.items() if room == "sampling")
