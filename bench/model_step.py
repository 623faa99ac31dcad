"""Time of a step, and of a two-bar answer to a two-bar call, in TFLite and in a TensorFlow session of the same weights.

`python -m bench.model_step`: for the shipped model, and for one of the size that Magenta published.
"""

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from appliance.answer.encoding import Encoding, Floats
from appliance.answer.model import State
from appliance.answer.sampling import SamplingSettings, choose
from appliance.drivers.tflite import TfliteModel
from bench.networks import SHIPPED, OriginalGraph, convert, original_graph, published_shape
from bench.report import Row, options, percentiles, publish

STEPS = 32  # two bars of sixteenths
SESSION = "TensorFlow session"
AS_TRAINED = SamplingSettings(temperature=1.0, top_k=0)


def measured(act: Callable[[], object], times: int) -> list[float]:
    """Seconds of each of so many acts, after some to warm up."""
    for _ in range(max(2, times // 20)):
        act()
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - began)
    return seconds


class Acts(NamedTuple):
    """What is timed: a step; an answer with all the computing that its call needs; an answer from the call's end on."""

    step: Callable[[], object]
    whole: Callable[[], object]
    from_call_end: Callable[[], object]


NAMES = ("step", "two-bar answer, call and all", "two-bar answer, from the call's end")


def lite_acts(file: Path, call: list[int]) -> Acts:
    """The appliance's way: the call goes in step by step while it is played, and is there at its end."""
    model = TfliteModel(file)
    encoding = Encoding(model.card.encoding)
    chance = random.Random(1).random
    row, start = encoding.inputs(5, 0), model.initial_state()

    def prime() -> tuple[Floats, State]:
        state = model.initial_state()
        for position, label in enumerate(call):
            logits, state = model.step(encoding.inputs(label, position), state)
        return logits, state

    def answer(logits: Floats, state: State) -> None:
        for step in range(STEPS):
            label = choose(logits, AS_TRAINED, chance()).label
            logits, state = model.step(encoding.inputs(label, len(call) + step), state)

    primed = prime()
    return Acts(lambda: model.step(row, start), lambda: answer(*prime()), lambda: answer(*primed))


def graph_acts(graph: OriginalGraph, encoding: Encoding, call: list[int]) -> Acts:
    """Magenta's way: when the call is over it goes in with one run, and then a run a step."""
    rows = np.stack([encoding.inputs(label, position) for position, label in enumerate(call)])
    generator = np.random.default_rng(1)

    def answer() -> None:
        graph.reset()
        softmax = graph.run(rows).astype(np.float64)
        for step in range(STEPS):
            label = int(generator.choice(len(softmax), p=softmax / softmax.sum()))
            softmax = graph.run(encoding.inputs(label, len(call) + step)[None]).astype(np.float64)

    return Acts(lambda: graph.run(rows[:1]), answer, answer)


def compare(name: str, source: Path, folder: Path, times: int) -> list[Row]:
    """Rows for one network, TensorFlow first; every ratio is to it."""
    call = [random.Random(2).choice([0, 1, 2, 4, 5]) for _ in range(STEPS)]
    files = convert(source, folder)
    encoding = Encoding(TfliteModel(files["none"]).card.encoding)
    with original_graph(source) as graph:
        forms = {SESSION: timed(graph_acts(graph, encoding, call), times)}
    for precision, file in files.items():
        forms[f"TFLite {precision}"] = timed(lite_acts(file, call), times * 5)
    rows: list[Row] = []
    for what in NAMES:
        slowest = float(percentiles(forms[SESSION][what])["p50 ms"])
        for form, seconds in forms.items():
            figures = percentiles(seconds[what])
            ratio = slowest / float(figures["p50 ms"])
            rows.append({"network": name, "what": what, "by": form, **figures, "times faster": ratio})
    return rows


def timed(acts: Acts, times: int) -> dict[str, list[float]]:
    """Seconds of each act by its name; of an answer, a twentieth as many."""
    counts = (times, times // 20, times // 20)
    return {name: measured(act, count) for name, act, count in zip(NAMES, acts, counts, strict=True)}


def main() -> None:
    """Measure and publish."""
    parser = options(main.__module__, "model_step")
    parser.add_argument("--source", type=Path, default=SHIPPED, help="a .mag bundle")
    parser.add_argument("--times", type=int, default=400, help="steps measured in the session")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = compare(args.source.stem, args.source, Path(folder), args.times)
        large = published_shape(Path(folder) / "published.mag")
        rows += compare("3 x 256, attention", large, Path(folder), args.times)
    note = "One thread each. Times faster: medians, against the session, which is primed when the call is over."
    publish("A step, and a two-bar answer to a two-bar call", rows, [note], args.json)


if __name__ == "__main__":
    main()
