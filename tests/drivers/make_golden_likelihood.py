"""Writes golden_likelihood.json: what each shipped drum model's original graph, in float32, says of a rock beat.

Run it from the repository's root when a shipped model changes: `python -m tests.drivers.make_golden_likelihood`.
"""

import json
from pathlib import Path

import numpy as np

from converter.architecture import recognise
from converter.drum_kit import DRUM_KIT, ONE_DRUM
from converter.reference import open_reference
from converter.source import read_source

HERE = Path(__file__).parent
MODELS = HERE.parents[1] / "models"
# Rock, two bars: kick and closed hi-hat, hi-hat, snare and hi-hat, hi-hat, a rest between each; one drum has them all.
ROCK = [5, 0, 4, 0, 6, 0, 4, 0] * 4
OF_ONE_DRUM = [1, 0] * 16
PLAYED = {"drum_kit_rnn": (DRUM_KIT, ROCK), "one_drum_rnn": (ONE_DRUM, OF_ONE_DRUM)}


def main() -> None:
    golden = {}
    for name, (encoding, rock) in PLAYED.items():
        source = read_source(MODELS / f"{name}.mag")
        with open_reference(source, recognise(source)) as reference:
            softmax, _ = reference.run(encoding.inputs(np.array(rock)), reference.initial_state())
        nats = -np.log(softmax[np.arange(len(rock) - 1), rock[1:]]).mean()
        golden[name] = {"nats_per_step": round(float(nats), 6)}
    (HERE / "golden_likelihood.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
