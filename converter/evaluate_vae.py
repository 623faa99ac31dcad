"""What `evaluate` says of a GrooVAE: a table of hits, velocities and timing beside playing without it."""

import argparse
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar
from rich.table import Table

from converter.card import read_model
from converter.errors import SettingError
from converter.groove_exam import (
    Marks,
    bars_of,
    likelihood_of_hits,
    marks,
    nearest,
    people_s_density,
    play_all,
    quantised,
    read_grooves_in_time,
    rebuilt_hits,
)
from converter.grooves import groove_files
from converter.source import Source, read_source
from converter.vae_architecture import holds_autoencoder, recognise_vae
from converter.vae_card import is_vae_model, read_vae_model
from converter.vae_config import VaeConfig
from converter.vae_conversion import described, open_vae_model, open_vae_source
from converter.vae_network import VaeNetwork


def opened(path: Path, config: str | None) -> tuple[VaeNetwork, VaeConfig] | None:
    """The network of an autoencoder at `path`, or None where the model is another.

    Raises:
        ConverterError: it cannot be read.

    """
    if path.suffix == ".tflite":
        if not is_vae_model(path):
            read_model(path)
            return None
        model = read_vae_model(path)
        return open_vae_model(model).network, described(model.card)[0]
    source = read_source(path)
    return of_source(source, config) if holds_autoencoder(source.variables) else None


def of_source(source: Source, config: str | None) -> tuple[VaeNetwork, VaeConfig]:
    """The network of an autoencoder's weights."""
    architecture = recognise_vae(source, config)
    return open_vae_source(source, architecture).network, architecture.config


def run_groove(arguments: argparse.Namespace, network: VaeNetwork, config: VaeConfig) -> int:
    """Measure and print; the exit status.

    Raises:
        ConverterError: the model or the folder will not do.

    """
    if config.groove is None:
        raise SettingError(f"{config.name} plays no velocity and timing: of autoencoders only GrooVAE's are measured.")
    found = measured_groove(network, config, arguments.data, arguments.split)
    if arguments.json:
        print(json.dumps({name: asdict(mark) for name, mark in found.items()}))
        return 0
    table = Table(
        "", "hits F1", "nats a step", "velocity", "timing ms", title=f"{config.name} on {arguments.data.name}"
    )
    for name, mark in found.items():
        shown = (_shown(mark.nats, 3), _shown(mark.velocity, 1), _shown(mark.timing, 1))
        name = name if mark.density is None else f"{name}: density {mark.density:+.2f}"
        table.add_row(name, f"{mark.f1:.3f}", *shown)
    Console().print(table)
    return 0


def _shown(figure: float | None, places: int) -> str:
    return "" if figure is None else f"{figure:.{places}f}"


def measured_groove(network: VaeNetwork, config: VaeConfig, folder: Path, split: str | None) -> dict[str, Marks]:
    """Marks of the model and of what it is held against, by name.

    A model that is given the hits is held against them on the grid at their mean velocity. Any other is held against
    the groove with the nearest tap of the folder's train split, where its info.csv tells one, and plays once more at
    the density at which it hits as often as people do.
    """
    grooves = read_grooves_in_time(groove_files(folder, split), bars_of(config))
    given = config.groove is not None and (config.groove.humanize or bool(config.control_depth))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task("playing", total=len(grooves.rows))
        rows = play_all(network, config, grooves, lambda done, _: bar.update(task, completed=done))
        bar.update(task, description="foretelling")
        nats = likelihood_of_hits(network, config, grooves)
        found = {config.name: marks(rows, grooves, nats)}
        if given:
            found["on the grid, at the mean velocity"] = marks(quantised(grooves), grooves)
            if not config.control_depth:
                bar.update(task, description="rebuilding")
                found[config.name] = Marks(
                    rebuilt_hits(network, config, grooves), found[config.name].velocity, found[config.name].timing, nats
                )
            return found
        if split and split != "train":
            learnt = read_grooves_in_time(groove_files(folder, "train"), bars_of(config))
            bar.update(task, description="counting hits")
            density = people_s_density(network, config, learnt)
            rows = play_all(network, config, grooves, density=density)
            found["as many hits as people's"] = replace(marks(rows, grooves), density=density)
            bar.update(task, description="neighbours")
            found["nearest tap of the train split"] = marks(nearest(learnt.rows, grooves), grooves)
    return found
