"""A MusicVAE as Keras trains it: encoder, latent, decoder over whole pieces, under Magenta's names."""

from collections.abc import Mapping
from typing import Any

from converter.keras_library import BACKEND, keras, ops
from converter.lstm_layer import cell, lstm
from converter.vae_losses import Losses
from converter.vae_shape import Floats, VaeShape, encoder_scope


class VaePupil(keras.Model):  # type: ignore[misc]
    """A network of a shape with these weights; `keep` is the share of each cell's inputs that training keeps.

    What it is called with: given [B, T, in], wanted [B, T, out] (for "parts" and "categorical" heads numbers [B, T,
    parts]) and, where the shape has control, control [B, T, control]. What it gives is its loss, of one number a batch:
    in training z is drawn, in a test it is the mean.
    """

    def __init__(self, shape: VaeShape, weights: Mapping[str, Floats], losses: Losses, keep: float, seed: int) -> None:
        super().__init__()
        self.shape, self.price, self.keep = shape, losses, keep
        self.chance = keras.random.SeedGenerator(seed)
        self.parts = {
            # Keras allows no slash in a name.
            name: self.add_weight(name=name.replace("/", "."), shape=array.shape, initializer="zeros")
            for name, array in weights.items()
        }
        self.built = True
        self.set_parts(weights)

    def prepare(self, optimizer: Any = None) -> None:
        """Make it ready to learn, or without an optimizer to be judged."""
        self.compile(optimizer=optimizer or keras.optimizers.SGD(0.0), jit_compile=BACKEND == "jax")

    def set_parts(self, weights: Mapping[str, Floats]) -> None:
        """Give it these weights."""
        for name, variable in self.parts.items():
            variable.assign(weights[name])

    def call(self, batch: Mapping[str, Any], training: bool = False) -> Any:
        """The loss of each piece [B]: what is wanted rebuilt from z, and what z costs."""
        given, wanted = ops.transpose(batch["given"], [1, 0, 2]), ops.transpose(batch["wanted"], [1, 0, 2])
        control = ops.transpose(batch["control"], [1, 0, 2]) if self.shape.control else None
        mean, deviation = self.encode(given, control, training)
        z = mean
        if training:
            z = mean + deviation * keras.random.normal(ops.shape(mean), seed=self.chance)
        built = self.price.reconstruction(self.decode(z, wanted, control, training), wanted)
        return built + self.price.latent(mean, deviation)

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any) -> Any:  # noqa: ARG002
        """The mean over the pieces of a batch."""
        return ops.mean(y_pred)

    def encode(self, given: Any, control: Any, training: bool) -> tuple[Any, Any]:
        """Mean and deviation of z [B, latent] from rows [T, B, in]."""
        rows = given if control is None else ops.concatenate([given, control], -1)
        for layer, units in enumerate(self.shape.encoder):
            ahead = self._layer(encoder_scope(layer, "fw"), rows, units, training)
            back = ops.flip(self._layer(encoder_scope(layer, "bw"), ops.flip(rows, 0), units, training), 0)
            rows = ops.concatenate([ahead, back], -1)
        units = self.shape.encoder[-1]
        embedding = ops.concatenate([rows[-1, :, :units], rows[0, :, units:]], -1)
        return self._dense("encoder/mu", embedding), ops.softplus(self._dense("encoder/sigma", embedding))

    def decode(self, z: Any, wanted: Any, control: Any, training: bool) -> Any:
        """The outputs before any squashing [T, B, out], each step fed with what is wanted in the one before."""
        fed = self._heard(z, wanted, control) if training and self.price.feeds_back else wanted
        before = ops.concatenate([ops.zeros_like(wanted[:1]), fed[:-1]], 0)
        return self._core(0, z, before, control, training)

    def _core(self, part: int, embedding: Any, before: Any, control: Any, training: bool) -> Any:
        scope, sizes = self.shape.core_scope(part), self.shape.decoder
        state = ops.tanh(self._dense(f"{scope}/z_to_initial_state", embedding))
        beside = ops.broadcast_to(embedding[None], (before.shape[0], *embedding.shape))
        rows = ops.concatenate([before, beside, *([] if control is None else [control])], -1)
        first = [state[:, start : start + units] for start, units in self._state_places()]
        for layer, units in enumerate(sizes):
            cell_scope, memory = f"{scope}/multi_rnn_cell/cell_{layer}/lstm_cell", first[2 * layer : 2 * layer + 2]
            rows = self._layer(cell_scope, rows, units, training, memory)
        return self._dense(f"{scope}/output_projection", rows)

    def _heard(self, z: Any, wanted: Any, control: Any) -> Any:
        """What each step leaves for the next [T, B, out] where the network hears itself: no gradient runs through it.

        Nothing that is drawn has a gradient anyway, so a pass that finds out what is heard, before the pass that is
        learnt from, comes to the same as sampling in that pass, and leaves the products of a layer in one piece.
        """
        scope, sizes = self.shape.core_scope(0), self.shape.decoder
        state = ops.tanh(self._dense(f"{scope}/z_to_initial_state", z))
        first = [state[:, start : start + units] for start, units in self._state_places()]
        given = (wanted, self.price.chances(wanted, self.chance))
        given = given if control is None else (*given, control)

        def step(carried: tuple[Any, ...], given: tuple[Any, ...]) -> tuple[Any, Any]:
            (before, *state), (truth, chances, *told) = carried, given
            row, after = ops.concatenate([before, z, *told], -1), []
            for layer in range(len(sizes)):
                c, h = state[2 * layer : 2 * layer + 2]
                row = ops.concatenate([row, h], -1)
                c, row = cell(self._dense(f"{scope}/multi_rnn_cell/cell_{layer}/lstm_cell", row), c)
                after += [c, row]
            heard = self.price.heard(self._dense(f"{scope}/output_projection", row), truth, chances)
            # TensorFlow's scan gives back only what is shaped as what it carries.
            return (heard, *after), (heard, *after)

        return ops.stop_gradient(ops.scan(step, (ops.zeros_like(wanted[0]), *first), given)[1][0])

    def _state_places(self) -> list[tuple[int, int]]:
        """Where c and h of each decoder layer stand in the initial state, and how many they are."""
        widths = [units for units in self.shape.decoder for _ in range(2)]
        return [(sum(widths[:number]), width) for number, width in enumerate(widths)]

    def _layer(self, scope: str, rows: Any, units: int, training: bool, first: Any = None) -> Any:
        """One LSTM layer over rows [T, B, n], its input product taken for all steps at once."""
        if training and self.keep < 1:
            rows = keras.random.dropout(rows, 1 - self.keep, seed=self.chance)
        kernel = ops.convert_to_tensor(self.parts[f"{scope}/kernel"])
        entering = ops.matmul(rows, kernel[:-units]) + self.parts[f"{scope}/bias"]
        nothing = ops.zeros_like(entering[0, :, :units])
        c, h = first or (nothing, nothing)
        carried = ops.ones_like(entering[:, :, :1])
        outputs, _, _ = lstm(entering, kernel[-units:], carried, c, h)
        return outputs

    def _dense(self, scope: str, rows: Any) -> Any:
        return ops.matmul(rows, self.parts[f"{scope}/kernel"]) + self.parts[f"{scope}/bias"]
