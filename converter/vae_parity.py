"""How far a converted autoencoder lies from its source: in the latent space, and along what it decodes.

Both decode from the same z, each carrying its own state, and are fed the same steps, which are drawn from the source's
logits: one choice that fell otherwise would part them for good, and say nothing of the arithmetic.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from rich.table import Table

from converter.errors import ParityError, SourceError
from converter.head import log_softmax
from converter.tflite import Quantization
from converter.vae_config import VaeConfig
from converter.vae_network import Floats, VaeNetwork
from converter.vae_sampling import NadeWeights, VaeSampler, sigmoid
from converter.vae_windows import control, segments

DECODED = 32  # steps of each walk
WALKS = 4


@dataclass(frozen=True)
class Tolerance:
    """How far a model may lie from its source: any mean, deviation or output; any logit; an output on average."""

    largest: float
    logits: float
    mean: float


# Float32 is rounding alone. Of 8 bits single outputs stray where a sigmoid is steep; the mean is what is heard.
VAE_TOLERANCES: Mapping[Quantization, Tolerance] = MappingProxyType(
    {"none": Tolerance(1e-4, 1e-4, 1e-5), "float16": Tolerance(0.03, 0.3, 2e-3), "int8": Tolerance(0.3, 3.0, 0.01)}
)


@dataclass(frozen=True)
class VaeDifference:
    """The largest absolute differences: of mu and sigma; of the segments of a conductor; of the outputs, of logits.

    Outputs are what steps are drawn by: softmaxes, likelihoods of hits and notes, velocities and offsets. `mean` is
    their mean difference, `agreement` the share of choices that both would make at a temperature of 0.
    """

    steps: int
    mu: float
    sigma: float
    segments: float
    outputs: float
    logits: float
    mean: float
    agreement: float

    @property
    def largest(self) -> float:
        """The largest of those that have a limit; not a number where one of them is none."""
        return float(np.max([self.mu, self.sigma, self.segments, self.outputs]))


def compare_vae(source: VaeNetwork, model: VaeNetwork, sampler: VaeSampler, walks: int = WALKS) -> VaeDifference:
    """The differences over windows and places of chance.

    Raises:
        SourceError: the source itself answers with what is no number.

    """
    rng, config = np.random.default_rng(1), sampler.config
    spread, conducted, walked = [], [0.0], []
    for _ in range(walks):
        heard = segments(config, min(config.steps, DECODED * config.encoder_segments), rng)
        theirs, ours = source.encode(heard), model.encode(heard)
        spread.append([_furthest(one, other) for one, other in zip(theirs, ours, strict=True)])
        z = rng.standard_normal(theirs[0].shape).astype(np.float32)
        pairs = list(zip(source.segments(z), model.segments(z), strict=True))
        conducted += [_furthest(one, other) for one, other in pairs]
        # Two segments where there are several: what one begins with is the other's end.
        walked += list(_walk(source, model, sampler, pairs[:2], rng))
    outputs = [np.abs(one - other) for one, other, _, _ in walked]
    if not all(np.isfinite(one).all() for one, *_ in walked):
        raise SourceError("The source itself answers with what is no number: its training went astray.")
    return VaeDifference(
        steps=len(walked),
        mu=float(np.max([mu for mu, _ in spread])),
        sigma=float(np.max([sigma for _, sigma in spread])),
        segments=float(np.max(conducted)),
        outputs=float(np.max([difference.max() for difference in outputs])),
        logits=float(np.max([_furthest(one, other) for _, _, one, other in walked])),
        mean=float(np.mean([difference.mean() for difference in outputs])),
        agreement=float(np.mean([_agreement(config, one, other) for one, other, _, _ in walked])),
    )


def vae_table(difference: Mapping[str, VaeDifference], quantization: Quantization) -> Table:
    """One row for each thing compared, one column for each way to run the model."""
    allowed = VAE_TOLERANCES[quantization]
    rows = Table("compared", *difference, "allowed")
    limits = {"mean": f"{allowed.mean:.0e}", "logits": f"{allowed.logits:.0e}", "steps": "", "agreement": ""}
    for field in fields(VaeDifference):
        values = [getattr(found, field.name) for found in difference.values()]
        shown = [_shown(field.name, value) for value in values]
        rows.add_row(field.name, *shown, limits.get(field.name, f"{allowed.largest:.0e}"))
    return rows


def _shown(name: str, value: float) -> str:
    return f"{value}" if name == "steps" else f"{value:.2%}" if name == "agreement" else f"{value:.1e}"


def refuse_strange_vae(difference: VaeDifference, quantization: Quantization) -> None:
    """Keep a model that answers otherwise than its source from being written.

    Raises:
        ParityError: the two differ by more than this quantization may.

    """
    allowed = VAE_TOLERANCES[quantization]
    # Written so that a difference that is no number is refused too.
    near = (difference.largest <= allowed.largest, difference.logits <= allowed.logits, difference.mean <= allowed.mean)
    if not all(near):
        advice = "Convert it without --quantize." if quantization != "none" else "Report it: something is unknown here."
        raise ParityError(
            f"The model does not answer as its source does, and nothing is written: it differs by up to "
            f"{difference.largest:.1e} ({allowed.largest:.0e} may be), its logits by {difference.logits:.1e} "
            f"({allowed.logits:.0e} may be), its outputs by {difference.mean:.1e} on average "
            f"({allowed.mean:.0e} may be). {advice}"
        )


def outputs_of(config: VaeConfig, nade: NadeWeights | None, logits: Floats, drawn: Floats) -> npt.NDArray[np.float64]:
    """What a step is drawn by; a NADE's likelihoods are given the notes that were drawn."""
    if config.decoder == "groove":
        return np.concatenate([sigmoid(logits[:18]), np.tanh(logits[18:].astype(np.float64))])
    if nade is not None:
        hidden = nade.encode.shape[1]
        below = np.cumsum(drawn[:, None] * nade.encode, axis=0, dtype=np.float64) - drawn[:, None] * nade.encode
        return sigmoid(logits[hidden:] + (sigmoid(logits[:hidden] + below) * nade.decode).sum(1))
    return np.concatenate([np.exp(log_softmax(logits[start:end])) for start, end in _ranges(config)])


def _walk(
    source: VaeNetwork,
    model: VaeNetwork,
    sampler: VaeSampler,
    pairs: list[tuple[Floats, Floats]],
    rng: np.random.Generator,
) -> Iterator[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], Floats, Floats]]:
    """The outputs of source and model, and their logits, over DECODED steps."""
    config = sampler.config
    previous = np.zeros(config.output_depth, np.float32)
    told = control(config, DECODED, rng)
    steps = DECODED // len(pairs)
    for number in range(DECODED):
        if number % steps == 0:
            theirs, ours = (
                network.start(one) for network, one in zip((source, model), pairs[number // steps], strict=True)
            )
        beside = None if told is None else told[number]
        expected, theirs = source.step(previous, beside, theirs)
        found, ours = model.step(previous, beside, ours)
        previous = sampler.sample(expected, 1.0, rng)
        both = (outputs_of(config, sampler.nade, logits, previous) for logits in (expected, found))
        yield (*both, expected, found)  # type: ignore[misc]


def _agreement(config: VaeConfig, one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    if config.decoder in {"groove", "nade"}:
        hits = 9 if config.decoder == "groove" else len(one)
        return float(np.mean((one[:hits] > 0.5) == (other[:hits] > 0.5)))
    return float(np.mean([one[start:end].argmax() == other[start:end].argmax() for start, end in _ranges(config)]))


def _ranges(config: VaeConfig) -> Iterator[tuple[int, int]]:
    return pairwise([0, *np.cumsum(config.output_depths).tolist()])


def _furthest(one: Floats, other: Floats) -> float:
    return float(np.abs(one - other).max())
