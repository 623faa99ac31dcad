"""The page of samples that "train on my band" ends with: one file to open and to send around, which needs no other."""

import base64
import json
import string
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np

from converter.band_folder import Band
from converter.band_samples import Sample
from converter.dataset_report import reasons
from converter.listening import parts_bytes
from converter.loss_curve import loss_curve_svg
from converter.roll_drawing import rolls_svg
from converter.schooling import Trained
from converter.train_vae_command import CURVE
from converter.vae_music import Part

FEW = 200  # windows; with fewer a model knows them by heart long before it has learnt what makes them alike
COPY = 0.95  # a likeness from which on a sample is called a copy


@dataclass(frozen=True)
class Told:
    """What else the page says: `windows` learnt from and judged by, what it started from, how long, how much memory."""

    name: str
    windows: tuple[int, int]
    parent: str
    minutes: float
    megabytes: float
    backend: str


def band_page(band: Band, trained: Trained, samples: Sequence[Sample], told: Told) -> str:
    """The HTML page."""
    template = string.Template(Path(__file__).with_name("band_page.html").read_text("utf-8"))
    quarters = band.config.steps / band.config.steps_per_quarter
    music = {sample.name: _notes(sample.parts) for sample in samples}
    music |= {f"{sample.name}_yours": _notes(sample.original) for sample in samples if sample.original}
    return template.substitute(
        title=escape(f"{told.name}: what it learnt"),
        summary=escape(_summary(band, told)),
        honest="".join(f"<p>{escape(line)}</p>" for line in honest_words(band, trained, samples, told)),
        figures="".join(f"<tr><th>{escape(name)}<td>{escape(value)}" for name, value in _figures(trained, told)),
        samples="\n".join(_figure(sample, quarters) for sample in samples),
        loss=_loss(trained),
        files=_files(band),
        # A name of a file could end the script that it stands in.
        music=json.dumps(music).replace("<", "\\u003c"),
    )


def _summary(band: Band, told: Told) -> str:
    pieces = band.dataset.pieces
    files = len({piece.file for piece in pieces})
    bars = round(sum(piece.notes.ends.max(initial=0) / piece.quarters_per_bar for piece in pieces))
    what = "trios of melody, bass and drums" if band.config.kind == "trio" else band.config.learnt_from
    learnt, judged = told.windows
    kept = f", {judged:,} others were kept back to judge by" if not band.judges_itself else ""
    long = band.config.steps // 16
    return (
        f"{files} files of {band.dataset.header.source} with {bars:,} bars of {what}. A {band.config.name} learnt from "
        f"{learnt:,} windows of {long} bars{kept}."
    )


def honest_words(band: Band, trained: Trained, samples: Sequence[Sample], told: Told) -> list[str]:
    """What is to be said of how much was there, and of what came of it."""
    said = []
    learnt, _ = told.windows
    if learnt < FEW:
        said.append(
            f"{learnt} windows are little: expect your own bars back, and turns between them, rather than new music "
            f"in your manner. From some {FEW} on there is more to learn than to remember."
        )
    if band.judges_itself:
        said.append(
            "There were too few files to keep one back, so the model was judged by the very bars it learnt: the figure "
            "below says how well it remembers, and nothing of how well it plays."
        )
    elif trained.validation >= trained.before:
        said.append(
            "On the bars kept back the training gained nothing: the weights are those it started from, and what you "
            "hear is that model's music, not yours. More files help; --from nothing makes a model of your bars alone."
        )
    else:
        gain = 1 - trained.validation / trained.before
        said.append(
            f"On the bars kept back, which it never learnt, the loss fell by {gain:.0%}, from {trained.before:.1f} to "
            f"{trained.validation:.1f} nats a window. The weights are those that did best there, so the figure is a "
            "little kind."
        )
    copies = sum(sample.likeness >= COPY for sample in samples if not sample.original)
    free = sum(not sample.original for sample in samples)
    mean = float(np.mean([sample.likeness for sample in samples if not sample.original]))
    said.append(
        f"Of the {free} pieces it made up, {copies} are copies of your bars; on average {mean:.0%} of what begins in "
        "one stands so in the nearest of yours."
    )
    if trained.stopped:
        said.append("The training was ended early by hand.")
    return said


def _figures(trained: Trained, told: Told) -> list[tuple[str, str]]:
    return [
        ("started from", told.parent),
        ("loss, nats a window", f"{trained.validation:.2f}, before {trained.before:.2f}"),
        ("steps", f"{trained.history[-1].step if trained.history else 0}; ended after {trained.end}"),
        ("took", f"{told.minutes:.1f} minutes, {told.megabytes:,.0f} MB of memory at the most, on {told.backend}"),
    ]


def _figure(sample: Sample, quarters: float) -> str:
    pictures = [("what it was", sample.original, f"{sample.name}_yours")] if sample.original else []
    pictures.append((sample.name, sample.parts, sample.name))
    drawn = "".join(
        f'{rolls_svg([(title, parts)], quarters, 1)}<button data-play="{escape(name)}">play</button> '
        f'<button data-stop>stop</button> <a download="{escape(name)}.mid" href="{_link(parts)}">MIDI</a>'
        for title, parts, name in pictures
    )
    said = f"{sample.name}: {sample.said}. {sample.likeness:.0%} like {sample.nearest}."
    return f"<figure>{drawn}<figcaption>{escape(said)}</figcaption></figure>"


def _link(parts: Sequence[Part]) -> str:
    return f"data:audio/midi;base64,{base64.b64encode(parts_bytes(parts)).decode()}"


def _notes(parts: Sequence[Part]) -> list[list[float]]:
    """Channel, start and length (quarters), pitch, velocity of each note."""
    return [
        [part.channel, round(float(start), 3), round(float(end - start), 3), int(pitch), int(velocity)]
        for part in parts
        for start, end, pitch, velocity in zip(
            part.notes.starts, part.notes.ends, part.notes.pitches, part.notes.velocities, strict=True
        )
    ]


def _loss(trained: Trained) -> str:
    if not trained.history:
        return "<p>It was ended before the first judgement.</p>"
    return loss_curve_svg(trained.history, *CURVE).replace("<svg ", '<svg class="loss" ', 1)


def _files(band: Band) -> str:
    named: dict[str, list[str]] = {}
    for piece in band.dataset.pieces:
        named.setdefault("learnt" if piece.split == "train" else "kept back to judge by", []).append(piece.name)
    rows = "".join(
        f"<tr><th>{escape(what)}<td>{len(names)}<td>{escape(', '.join(sorted(names)))}" for what, names in named.items()
    )
    for reason, count in reasons(band.dataset.header.left_out):
        rows += f"<tr><th>left out<td>{count}<td>{escape(reason)}"
    return f"<table>{rows}</table>"
