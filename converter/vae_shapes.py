"""The variables of Magenta's variational autoencoders: their names and shapes, and the layers' sizes read off them.

Names as magenta/models/music_vae/lstm_models.py makes them: a flat model has `decoder/`, a hierarchical one a
conductor, `decoder/hierarchical_level_0/`, and below it `core_decoder/decoder/`, or one of those for each part
of a trio.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from converter.errors import SourceError
from converter.vae_config import VaeConfig

Shape = tuple[int, ...]
CONDUCTOR = "decoder/hierarchical_level_0"
NADE_ENCODER, NADE_DECODER = "decoder/nade/w_enc", "decoder/nade/w_dec_t"


@dataclass(frozen=True)
class Sizes:
    """Units of each layer, the lowest first; the encoder's of one direction."""

    z: int
    encoder: tuple[int, ...]
    decoder: tuple[int, ...]
    conductor: tuple[int, ...] = ()
    nade_hidden: int = 0

    @property
    def segment(self) -> int:
        """Numbers of what a decoder is started by: z, or one of the conductor's outputs."""
        return self.conductor[-1] if self.conductor else self.z


def published_sizes(config: VaeConfig) -> Sizes:
    """The sizes of Magenta's own model."""
    return Sizes(config.z, config.encoder, config.decoder_units, config.conductor, config.nade_hidden)


def core_scopes(config: VaeConfig) -> tuple[str, ...]:
    """The scopes of the decoders that give the steps: one for each part of a split one, else one."""
    if not config.conductor:
        return ("decoder",)
    if config.decoder != "split":
        return ("core_decoder/decoder",)
    return tuple(f"core_decoder/core_decoder_{part}/decoder" for part in range(len(config.output_depths)))


def core_depths(config: VaeConfig) -> tuple[int, ...]:
    """The output depth of each of those."""
    return config.output_depths if config.decoder == "split" else (config.output_depth,)


def encoder_scope(config: VaeConfig, layer: int, direction: str) -> str:
    """The scope of an encoder cell, `fw` or `bw`; a level of a hierarchical encoder counts as a layer."""
    place = f"hierarchical_level_{layer}/cell_0" if config.encoder_segments > 1 else f"cell_{layer}"
    return f"encoder/{place}/bidirectional_rnn/{direction}/multi_rnn_cell/cell_0/lstm_cell"


def encoder_layers(config: VaeConfig, sizes: Sizes) -> tuple[int, ...]:
    """Units of each layer of a flat encoder, or of both levels of a hierarchical one."""
    return sizes.encoder * 2 if config.encoder_segments > 1 else sizes.encoder


def variable_shapes(config: VaeConfig, sizes: Sizes) -> dict[str, Shape]:
    """Every variable of Magenta's checkpoint for a model of this configuration with layers of these sizes."""
    return {**_decoder(config, sizes), **_encoder(config, sizes)}


def sizes_of(config: VaeConfig, variables: Mapping[str, Any], path: Path) -> Sizes:
    """The sizes of the layers in these variables, each of which is held against the configuration.

    Raises:
        SourceError: a variable is missing, unknown, or of another shape.

    """
    shapes: dict[str, Shape] = {name: tuple(array.shape) for name, array in variables.items()}
    sizes = _read_sizes(config, shapes)
    expected = variable_shapes(config, sizes)
    if missing := sorted(expected.keys() - shapes.keys()):
        raise SourceError(f"{path} is no {config.name}: it lacks {_some(missing)}.")
    if unknown := sorted(shapes.keys() - expected.keys()):
        raise SourceError(f"{path} is no plain {config.name}, so it does not convert: it has {_some(unknown)}.")
    for name, shape in expected.items():
        if shapes[name] != shape:
            raise SourceError(
                f"{path} is no {config.name}: {name} has shape {list(shapes[name])}; {list(shape)} belongs there."
            )
    return sizes


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _read_sizes(config: VaeConfig, shapes: Mapping[str, Shape]) -> Sizes:
    """A layer that is not there, or whose kernel is no matrix, has no units: its absence is told afterwards."""
    encoder = _units(shapes, lambda layer: encoder_scope(config, layer, "fw"))
    return Sizes(
        z=_columns(shapes, "encoder/mu/kernel"),
        encoder=encoder[:1] if config.encoder_segments > 1 else encoder,
        decoder=_units(shapes, lambda layer: core_cell(core_scopes(config)[0], layer)),
        conductor=_units(shapes, conductor_cell) if config.conductor else (),
        nade_hidden=_columns(shapes, NADE_ENCODER),
    )


def conductor_cell(layer: int) -> str:
    """The scope of a conductor's cell."""
    return f"{CONDUCTOR}/cell_{layer}/lstm_cell"


def core_cell(scope: str, layer: int) -> str:
    """The scope of a cell of the decoder in `scope`."""
    return f"{scope}/multi_rnn_cell/cell_{layer}/lstm_cell"


def _units(shapes: Mapping[str, Shape], scope: Callable[[int], str]) -> tuple[int, ...]:
    units: list[int] = []
    for layer in count():
        found = _columns(shapes, f"{scope(layer)}/kernel") // 4
        if not found:
            break
        units.append(found)
    return tuple(units)


def _columns(shapes: Mapping[str, Shape], name: str) -> int:
    return shapes.get(name, (0,))[-1] if shapes.get(name) else 0


def _decoder(config: VaeConfig, sizes: Sizes) -> dict[str, Shape]:
    shapes: dict[str, Shape] = {}
    if config.decoder == "nade":
        notes, hidden = config.output_depth, sizes.nade_hidden
        shapes |= {NADE_ENCODER: (notes, 1, hidden), NADE_DECODER: (notes, hidden, 1)}
    if config.conductor:
        shapes |= _dense(f"{CONDUCTOR}/initial_state", sizes.z, 2 * sum(sizes.conductor))
        # What a conductor is fed is one constant 0 a step.
        shapes |= _cells(conductor_cell, 1, sizes.conductor)
    for scope, depth in zip(core_scopes(config), core_depths(config), strict=True):
        shapes |= _dense(f"{scope}/z_to_initial_state", sizes.segment, 2 * sum(sizes.decoder))
        fed = depth + sizes.segment + config.control_depth
        shapes |= _cells(lambda layer, scope=scope: core_cell(scope, layer), fed, sizes.decoder)  # type: ignore[misc]
        outputs = depth + (sizes.nade_hidden if config.decoder == "nade" else 0)
        shapes |= _dense(f"{scope}/output_projection", sizes.decoder[-1] if sizes.decoder else 0, outputs)
    return shapes


def _encoder(config: VaeConfig, sizes: Sizes) -> dict[str, Shape]:
    shapes: dict[str, Shape] = {}
    fed, units = config.input_depth + config.control_depth, 0
    for layer, units in enumerate(encoder_layers(config, sizes)):
        for direction in ("fw", "bw"):
            shapes |= _dense(encoder_scope(config, layer, direction), fed + units, 4 * units)
        fed = 2 * units
    return shapes | _dense("encoder/mu", 2 * units, sizes.z) | _dense("encoder/sigma", 2 * units, sizes.z)


def _cells(scope: Callable[[int], str], fed: int, layers: tuple[int, ...]) -> dict[str, Shape]:
    shapes: dict[str, Shape] = {}
    for layer, units in enumerate(layers):
        shapes |= _dense(scope(layer), fed + units, 4 * units)
        fed = units
    return shapes


def _dense(scope: str, rows: int, columns: int) -> dict[str, Shape]:
    return {f"{scope}/kernel": (rows, columns), f"{scope}/bias": (columns,)}
