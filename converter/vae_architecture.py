"""Which of Magenta's autoencoders a source is, and how large.

The weights tell kinds of steps and layers, not what a groove model was taught: five of them are shaped alike. So the
configuration is what a person says, else what the file or a folder around it is called, else what the weights leave.
"""

from dataclasses import dataclass, replace
from typing import Literal

from converter.drum_kit import DRUM_MAP_2016
from converter.errors import SettingError, SourceError
from converter.js_weights import DataConverter
from converter.source import Source
from converter.vae_config import VAE_CONFIGS, VaeConfig, vae_config_named
from converter.vae_shapes import Sizes, published_sizes, sizes_of
from converter.weights import Variables

_NINE = 9


@dataclass(frozen=True)
class VaeArchitecture:
    """An autoencoder. `told_by`: what knew the configuration; `drum_map_vintage` is none of models without drums."""

    config: VaeConfig
    sizes: Sizes
    told_by: Literal["--config", "name", "config.json", "weights"]
    drum_map_vintage: Literal["2019", "2016", "none"]


def holds_autoencoder(variables: Variables) -> bool:
    """Whether these are a MusicVAE's or a GrooVAE's, by a variable that only they have."""
    return "encoder/mu/kernel" in variables


def recognise_vae(
    source: Source, said: str | None = None, drum_map: Literal["2019", "2016"] | None = None
) -> VaeArchitecture:
    """The autoencoder whose variables these are, to the last one.

    Raises:
        SourceError: no configuration has these variables, or the one that is meant has others.
        SettingError: what is said is no configuration, or nothing tells which of several it is.

    """
    config, told_by = _told(source, said)
    sizes = sizes_of(config, source.variables, source.origin.path)
    if not config.drum_map:
        return VaeArchitecture(config, sizes, told_by, "none")
    nine = len(config.drum_map) == _NINE or config.kind == "trio"
    # The list of 61 is a published one, of before the change; no other was ever trained with.
    vintage = (drum_map or "2019") if nine else "2016"
    if nine and vintage == "2016":
        config = replace(config, drum_map=DRUM_MAP_2016)
    return VaeArchitecture(config, sizes, told_by, vintage)


def _told(source: Source, said: str | None) -> tuple[VaeConfig, Literal["--config", "name", "config.json", "weights"]]:
    if said:
        return vae_config_named(said), "--config"
    fitting = _fitting(source)
    if not fitting:
        raise SourceError(f"{source.origin.path} is an autoencoder, but of none of Magenta's configurations.")
    if source.fed_by and (fed := _fed_alike(source.fed_by, fitting)):
        return fed, "config.json"
    # The longest name that stands in the file's or a folder's: note_dropout has another's whole name in its own.
    places = (source.origin.path.name, *(folder.name for folder in source.origin.path.parents[:2]))
    for place in places:
        if named := [config for config in fitting if config.name in place]:
            return max(named, key=lambda config: len(config.name)), "name"
    meanings = {replace(config, name="", encoder=(), decoder_units=(), conductor=(), z=0) for config in fitting}
    if len(meanings) == 1:
        return fitting[0], "weights"
    names = ", ".join(config.name for config in fitting)
    raise SettingError(f"{source.origin.path} may be {names}: its weights do not tell. Say which with --config.")


def _fed_alike(fed_by: DataConverter, fitting: list[VaeConfig]) -> VaeConfig | None:
    """The groove model that is fed as a config.json says, where it says so much that one is left."""
    said = fed_by.args
    if fed_by.type != "GrooveConverter" or not (said.humanize or said.tapify):
        return None
    alike = (config for config in fitting if config.groove and config.groove.humanize == said.humanize)
    return next((config for config in alike if config.groove and config.groove.tapify == said.tapify), None)


def _fitting(source: Source) -> list[VaeConfig]:
    """The configurations with these variables; those with their very sizes alone, where there are such."""
    found: list[tuple[VaeConfig, bool]] = []
    for config in VAE_CONFIGS.values():
        try:
            sizes = sizes_of(config, source.variables, source.origin.path)
        except SourceError:
            continue
        found.append((config, sizes == published_sizes(config)))
    exact = [config for config, same in found if same]
    return exact or [config for config, _ in found]
