"""Which of Magenta's configurations a network has: by its bundle's id, by its sizes, or as a person says.

No file tells at which pitch a range begins, nor how many steps a quarter has: Magenta's own figures are taken, unless a
person who trained with others says so.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from converter.errors import SettingError, SourceError
from converter.input_part import InputPart
from converter.rnn_config import RNN_CONFIGS, RnnConfig, config_named, configs_shaped, names_of
from converter.source import Source
from converter.stack import Stack

_HIGHEST = 127  # MIDI's pitches


@dataclass(frozen=True)
class Said:
    """What a person says of a model; None for nothing."""

    config: str | None = None
    lowest_pitch: int | None = None
    steps_per_quarter: int | None = None


def which_config(source: Source, stack: Stack, said: Said) -> RnnConfig:
    """The configuration; the person's word goes before the bundle's id, and that before the sizes.

    Raises:
        SourceError: no configuration has these sizes.
        SettingError: what is said is no configuration, or does not fit.

    """
    config = _moved(_named(source, stack, said) if said.config else _told(source, stack, said), said.lowest_pitch)
    if said.steps_per_quarter is None:
        return config
    if not config.steps_per_quarter:
        raise SettingError(f"--steps-per-quarter says nothing of {config.name}, which counts no quarters.")
    return replace(config, steps_per_quarter=said.steps_per_quarter)


def _told(source: Source, stack: Stack, said: Said) -> RnnConfig:
    told, fitting = config_named(source.origin.generator_id), _fitting(stack)
    if fitting:
        return told if told and told in fitting else fitting[0]
    if told and said.lowest_pitch is not None and (resized := _resized(told, stack)):
        return resized
    raise SourceError(
        f"{source.origin.path} takes {stack.input_size} numbers and gives {stack.outputs}: no configuration of "
        "Magenta's has these sizes. If it is one with another range of pitches, say --config and --lowest-pitch."
    )


def _fitting(stack: Stack) -> Sequence[RnnConfig]:
    nade = stack.nade_hidden > 0
    outputs = stack.outputs - stack.nade_hidden + 128 if nade else stack.outputs
    fitting = configs_shaped(stack.input_size, outputs, nade)
    # RL Tuner's network is a melody_rnn's but for its cell.
    return [config for config in fitting if (config.family == "rl_tuner") == (stack.cell == "lstm_cell")] or fitting


def _named(source: Source, stack: Stack, said: Said) -> RnnConfig:
    config = config_named(said.config or "")
    if config is None:
        close = difflib.get_close_matches(said.config or "", RNN_CONFIGS, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are: {names_of(RNN_CONFIGS.values())}."
        raise SettingError(f"--config {said.config} is no configuration of Magenta's: {hint}")
    fitting = _fitting(stack)
    if config in fitting:
        return config
    if resized := _resized(config, stack):
        if said.lowest_pitch is None:
            raise SettingError(f"{source.origin.path} has another range of pitches than {config.name}: --lowest-pitch?")
        return resized
    raise SettingError(
        f"{source.origin.path} has other sizes than {config.name} has; {names_of(fitting) or 'no configuration'} fits."
    )


def _moved(config: RnnConfig, lowest: int | None) -> RnnConfig:
    if lowest is None:
        return config
    if config.kind not in {"melody", "key_melody", "pianoroll"}:
        raise SettingError(f"--lowest-pitch says nothing of {config.name}, which has all pitches or none.")
    highest = lowest + config.highest_pitch - config.lowest_pitch
    if highest > _HIGHEST:
        raise SettingError(f"--lowest-pitch {lowest} puts the highest at {highest}, above MIDI's {_HIGHEST}.")
    return replace(config, lowest_pitch=lowest, highest_pitch=highest)


def _resized(config: RnnConfig, stack: Stack) -> RnnConfig | None:
    """The configuration with as many pitches as the network's sizes have room for; None where they fit none."""
    if config.conditions or (config.is_nade and stack.nade_hidden == 0):
        return None
    repeats = len(config.lookbacks)
    parts: tuple[InputPart, ...]
    outputs: tuple[int, ...]
    if config.kind == "pianoroll":
        pitches, parts = stack.input_size, (InputPart("bits", stack.input_size),)
        outputs = (config.outputs[0], pitches)
    elif config.kind in {"melody", "key_melody"}:
        pitches = stack.outputs - 2 - repeats
        widths = (pitches + 2, config.parts[0].width) if config.kind == "melody" else (pitches, config.parts[0].width)
        parts = tuple(part._replace(width=widths[0]) if part.width == widths[1] else part for part in config.parts)
        outputs = (stack.outputs,)
    else:
        return None
    if pitches < 1 or sum(part.width for part in parts) != stack.input_size:
        return None
    return replace(config, parts=parts, outputs=outputs, highest_pitch=min(config.lowest_pitch + pitches - 1, _HIGHEST))
