"""Which of Magenta's configurations a network has: by its bundle's id, by its sizes, or as a person says."""

import difflib

from converter.errors import SettingError, SourceError
from converter.rnn_config import RNN_CONFIGS, RnnConfig, config_named, configs_shaped, names_of
from converter.source import Source
from converter.stack import Stack


def which_config(source: Source, stack: Stack, named: str | None) -> RnnConfig:
    """The configuration; the person's word goes before the bundle's id, and that before the sizes.

    Raises:
        SourceError: no configuration has these sizes, or several have and nothing tells which.
        SettingError: `named` is no configuration, or has other sizes.

    """
    fitting = _fitting(stack)
    if named is not None:
        return _as_named(named, fitting, source)
    if not fitting:
        raise SourceError(
            f"{source.origin.path} takes {stack.input_size} numbers and gives {stack.outputs}: "
            "no configuration of Magenta's has these sizes, so its encoding is not known."
        )
    told = config_named(source.origin.generator_id)
    if told in fitting:
        return told
    if len(fitting) > 1:
        raise SourceError(f"{source.origin.path} may be any of {names_of(fitting)}: say which with --config.")
    return fitting[0]


def _fitting(stack: Stack) -> list[RnnConfig]:
    nade = stack.nade_hidden > 0
    outputs = stack.outputs - stack.nade_hidden + 128 if nade else stack.outputs
    fitting = configs_shaped(stack.input_size, outputs, nade)
    # RL Tuner's network is a melody_rnn's but for its cell.
    return [config for config in fitting if (config.family == "rl_tuner") == (stack.cell == "lstm_cell")] or fitting


def _as_named(named: str, fitting: list[RnnConfig], source: Source) -> RnnConfig:
    config = config_named(named)
    if config is None:
        close = difflib.get_close_matches(named, RNN_CONFIGS, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are: {names_of(RNN_CONFIGS.values())}."
        raise SettingError(f"--config {named} is no configuration of Magenta's: {hint}")
    if config not in fitting:
        raise SettingError(
            f"{source.origin.path} has other sizes than {named} has; {names_of(fitting) or 'no configuration'} fits."
        )
    return config
