"""Which network a model's card asks for, and which models play pitches."""

from appliance.answer.card import DRUMS, Card, unfit_for_pads
from appliance.answer.encoding import Encoding
from appliance.answer.event_encoding import encoding_of
from appliance.answer.model import Model
from appliance.answer.network import DrumNetwork, Network
from appliance.answer.piano_genie_encoding import PianoGenieEncoding
from appliance.answer.stepped_network import SteppedNetwork
from appliance.answer.voice import pad_voice_of
from appliance.errors import ModelError

PIANO_GENIE = "piano_genie"
FAMILIES = frozenset(
    {
        DRUMS,
        "melody_rnn",
        "rl_tuner",
        "improv_rnn",
        "polyphony_rnn",
        "performance_rnn",
        "pianoroll_rnn_nade",
        PIANO_GENIE,
    }
)


def check_encoding(card: Card) -> None:
    """Raises: ValueError when the card's encoding is not known or contradicts itself."""
    if card.family == DRUMS:
        Encoding(card.encoding)
    elif card.family == PIANO_GENIE:
        PianoGenieEncoding(card.encoding)
    else:
        encoding_of(card.encoding)


def network_of(model: Model) -> Network:
    """Who answers calls from a pad with this model. Raises: ModelError for one that cannot."""
    card = model.card
    if card.family == DRUMS:
        return DrumNetwork(model)
    voice = pad_voice_of(card.encoding)
    if voice is None:
        raise ModelError(unfit_for_pads(card))
    return SteppedNetwork(model, voice)
