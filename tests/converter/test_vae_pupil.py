"""The network in training computes what Magenta's graph computes, and the published losses of it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from converter.keras_library import ops
from converter.vae_config import VAE_CONFIGS, VaeConfig
from converter.vae_heads import PLAYED_WEIGHT, CategoricalHead, GrooveHead, NadeHead
from converter.vae_pupil import Teaching, VaePupil, VaeShape, divergence, first_vae_weights
from converter.vae_reference import VaeReference
from converter.vae_shapes import Sizes

STEPS = 32
TINY = Sizes(z=6, encoder=(5,), decoder=(4, 7))
Arrays = dict[str, Any]


def shape_of(name: str) -> VaeShape:
    config = replace(VAE_CONFIGS[name], steps=STEPS)
    if config.segments > 1:
        config = replace(config, segments=4, encoder_segments=min(config.encoder_segments, 4))
    sizes = replace(TINY, encoder=(5,) * len(config.encoder), nade_hidden=config.nade_hidden)
    return VaeShape(config, replace(sizes, conductor=(6, 3) if config.conductor else ()))


def pupil_of(shape: VaeShape, teaching: Teaching = Teaching("published", 0.0)) -> tuple[VaePupil, Arrays]:  # noqa: B008
    chance = np.random.default_rng(3)
    weights = {
        name: array + chance.normal(0, 0.2, array.shape).astype(np.float32)
        for name, array in first_vae_weights(shape, chance).items()
    }
    return VaePupil(shape, weights, teaching, 1), weights


def music(config: VaeConfig, lanes: int) -> Arrays:
    """Batches [B, T, ...] as the material gives them."""
    chance = np.random.default_rng(5)
    found: Arrays = {}
    if config.kind in {"groove", "nade_drums", "drums"}:
        found["given"] = (chance.random((lanes, STEPS, config.input_depth)) < 0.3).astype(np.float32)
    if config.decoder in {"categorical", "split"}:
        numbers = np.stack([chance.integers(0, depth, (lanes, STEPS)) for depth in config.output_depths], -1)
        found["wanted"] = numbers.astype(np.int32)
        found.setdefault("given", found["wanted"])
    else:
        found["wanted"] = (chance.random((lanes, STEPS, config.output_depth)) < 0.3).astype(np.float32)
    if config.control_depth:
        found["control"] = (chance.random((lanes, STEPS, config.control_depth)) < 0.3).astype(np.float32)
    return found


def rows_of(config: VaeConfig, array: Any) -> Any:
    """Rows as Magenta has them [T, depth] of numbers [T, parts]."""
    if array.dtype != np.int32:
        return array
    return np.concatenate(
        [np.eye(depth, dtype=np.float32)[array[:, part]] for part, depth in enumerate(config.output_depths)], 1
    )


@pytest.mark.parametrize(
    "name",
    [
        "cat-drums_2bar_small",
        "cat-mel_2bar_small",
        "nade-drums_2bar_reduced",
        "groovae_2bar_humanize",
        "groovae_2bar_hits_control_tfds",
        "hierdec-trio_16bar",
        "hier-trio_16bar",
        "hierdec-mel_16bar",
        "flat-trio_16bar",
    ],
)
def test_it_encodes_and_decodes_as_the_graph_built_of_magenta_s_own_cell(name: str) -> None:
    shape = shape_of(name)
    config = shape.config
    pupil, weights = pupil_of(shape)
    batch = music(config, 2)
    reference = VaeReference(config, shape.sizes, weights)
    swung = {key: ops.transpose(array, [1, 0, 2]) for key, array in batch.items()}
    control = swung.get("control")
    means, deviations = (ops.convert_to_numpy(part) for part in pupil.encode(swung["given"], control))
    outputs = pupil.decode(pupil.segments(ops.convert_to_tensor(means)), swung["wanted"], control)
    for lane in range(2):
        given, wanted = rows_of(config, batch["given"][lane]), rows_of(config, batch["wanted"][lane])
        told = batch["control"][lane] if control is not None else None
        heard = given if told is None else np.concatenate([given, told], 1)
        mean, deviation = reference.encode(np.split(heard, config.encoder_segments))
        assert np.abs(mean - means[lane]).max() < 1e-5
        assert np.abs(deviation - deviations[lane]).max() < 1e-5
        expected, length = [], config.steps // config.segments
        for number, segment in enumerate(reference.segments(mean)):
            state = reference.start(segment)
            for step in range(number * length, (number + 1) * length):
                previous = wanted[step - 1] if step else np.zeros(config.output_depth, np.float32)
                logits, state = reference.step(previous, None if told is None else told[step], state)
                expected.append(logits)
        assert np.abs(np.stack(expected) - ops.convert_to_numpy(outputs)[:, lane]).max() < 1e-4


def test_a_humaniser_that_hears_itself_hears_its_own_dynamics_of_the_hits_it_was_given() -> None:
    shape = shape_of("groovae_2bar_humanize")
    pupil, weights = pupil_of(shape, Teaching("played", 0.0, hears_itself=True))
    batch = music(shape.config, 1)
    wanted = ops.transpose(batch["wanted"], [1, 0, 2])
    mean, _ = pupil.encode(ops.transpose(batch["given"], [1, 0, 2]), None)
    heard = ops.convert_to_numpy(pupil._heard(mean, wanted, None, np.ones(1, np.float32), training=True))[:, 0]
    reference = VaeReference(shape.config, shape.sizes, weights)
    state, previous = reference.start(ops.convert_to_numpy(mean)[0]), np.zeros(27, np.float32)
    for step in range(STEPS):
        logits, state = reference.step(previous, None, state)
        hits = batch["wanted"][0, step, :9]
        previous = np.concatenate([hits, hits / (1 + np.exp(-logits[9:18])), hits * np.tanh(logits[18:])])
        assert np.abs(heard[step] - previous).max() < 1e-5
        previous = previous.astype(np.float32)


@pytest.mark.parametrize("own", [0.0, 0.5, 1.0])
def test_scheduled_sampling_replaces_a_share_of_what_is_heard(own: float) -> None:
    shape = shape_of("cat-drums_2bar_small")
    pupil, _ = pupil_of(shape, Teaching("published", 0.0, hears_itself=True))
    wanted = ops.transpose(music(shape.config, 64)["wanted"], [1, 0, 2])
    heard = pupil._heard(np.zeros((64, 6), np.float32), wanted, None, np.full(64, own, np.float32), training=True)
    same = float(np.mean(ops.convert_to_numpy(heard) == np.asarray(wanted)))
    assert same == pytest.approx(1 - own, abs=0.06)  # one of 512 labels is seldom right by chance


def softplus(x: Any) -> Any:
    return np.logaddexp(0, x)


def test_the_loss_of_grooves_is_the_published_one_or_that_of_what_is_played() -> None:
    chance = np.random.default_rng(1)
    outputs = chance.normal(size=(3, 2, 27)).astype(np.float32)
    wanted = np.zeros((3, 2, 27), np.float32)
    wanted[..., :9] = chance.random((3, 2, 9)) < 0.4
    wanted[..., 9:18] = wanted[..., :9] * 0.6
    wanted[..., 18:] = wanted[..., :9] * -0.2
    hits = wanted[..., :9]
    log_loss = np.where(hits > 0, softplus(-outputs[..., :9]), softplus(outputs[..., :9])).sum(-1)
    loud = 1 / (1 + np.exp(-outputs[..., 9:18])) - wanted[..., 9:18]
    early = np.tanh(outputs[..., 18:]) - wanted[..., 18:]
    published = log_loss + (loud**2 + early**2).sum(-1)
    assert ops.convert_to_numpy(GrooveHead().nats(outputs, wanted)) == pytest.approx(published, abs=1e-4)
    played = log_loss + PLAYED_WEIGHT * (hits * (np.abs(loud) + np.abs(early))).sum(-1)
    assert ops.convert_to_numpy(GrooveHead("played").nats(outputs, wanted)) == pytest.approx(played, abs=1e-4)


def test_the_loss_of_softmaxes_is_their_cross_entropy() -> None:
    chance = np.random.default_rng(1)
    outputs, wanted = chance.normal(size=(2, 1, 5)).astype(np.float32), np.array([[[1, 2]], [[0, 0]]], np.int32)
    expected = [
        sum(np.log(np.exp(part).sum()) - part[number] for part, number in zip((row[:2], row[2:]), numbers, strict=True))
        for row, numbers in zip(outputs[:, 0], wanted[:, 0], strict=True)
    ]
    assert ops.convert_to_numpy(CategoricalHead((2, 3)).nats(outputs, wanted))[:, 0] == pytest.approx(
        expected, abs=1e-5
    )


def test_the_loss_of_a_nade_is_that_of_its_bits_one_after_the_other() -> None:
    chance = np.random.default_rng(1)
    encode, decode = chance.normal(size=(4, 1, 3)).astype(np.float32), chance.normal(size=(4, 3, 1)).astype(np.float32)
    head = NadeHead(3, lambda: {"decoder/nade/w_enc": encode, "decoder/nade/w_dec_t": decode})
    outputs, wanted = chance.normal(size=(1, 1, 7)).astype(np.float32), np.array([[[1, 0, 1, 1]]], np.float32)
    hidden, expected = outputs[0, 0, :3].copy(), 0.0
    for bit, value in enumerate(wanted[0, 0]):
        logit = outputs[0, 0, 3 + bit] + (1 / (1 + np.exp(-hidden))) @ decode[bit, :, 0]
        expected += softplus(-logit) if value else softplus(logit)
        hidden += value * encode[bit, 0]
    assert float(head.nats(outputs, wanted)[0, 0]) == pytest.approx(expected, abs=1e-5)


def test_the_price_of_z_is_the_divergence_from_the_standard_normal() -> None:
    mean, deviation = np.array([[0.5, -1.0]], np.float32), np.array([[0.3, 2.0]], np.float32)
    expected = sum(
        -np.log(s) + (s**2 + m**2) / 2 - 0.5 for m, s in zip(mean[0].tolist(), deviation[0].tolist(), strict=True)
    )
    assert float(divergence(mean, deviation)[0]) == pytest.approx(expected, abs=1e-5)
    assert float(divergence(np.zeros((1, 3)), np.ones((1, 3)))[0]) == pytest.approx(0, abs=1e-6)
