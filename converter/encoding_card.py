"""What the appliance must know to encode music for a network, on its card."""

from converter.architecture import Architecture
from converter.card import EncodingCard
from converter.vintage import DatedEncoding


def encoding_card(architecture: Architecture, dated: DatedEncoding | None) -> EncodingCard:
    """The encoding of a drum model as it is dated, or of any other as its configuration has it."""
    config = architecture.config
    if dated:
        return EncodingCard(
            kind="multi_drum",
            drum_map=dated.encoding.drum_map,
            drum_map_vintage=dated.vintage,
            counter_bits=dated.encoding.counter_bits,
            input_size=dated.encoding.input_size,
            classes=dated.encoding.classes,
        )
    return EncodingCard(
        kind=config.kind,
        drum_map=(),
        drum_map_vintage="none",
        counter_bits=config.counter_bits,
        input_size=config.input_size,
        classes=architecture.classes,
        lowest_pitch=config.lowest_pitch,
        highest_pitch=config.highest_pitch,
        lookbacks=config.lookbacks,
        conditions=config.conditions,
        key=-1 if config.key is None else config.key,
        velocity_bins=config.velocity_bins,
        longest_shift=config.longest_shift,
        longest_duration=config.longest_duration,
        steps_per_second=config.steps_per_second,
        softmaxes=architecture.outputs if len(architecture.outputs) > 1 and not config.is_nade else (),
        nade_hidden=architecture.stack.nade_hidden,
    )
