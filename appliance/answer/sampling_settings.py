"""How an answer is drawn, as the owner and the controls have it: told, unlike the drawing, without numpy."""

import msgspec

from appliance.answer.way import Way


class SamplingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How bold the answer is.

    `temperature`: 0 always takes the likeliest, 1 is the model's own distribution, above 1 is wilder. `top_k`: only the
    k likeliest labels can come; 0 for all. `density`: -1 leaves drums out, 1 adds some, 0 is as the model has it.
    `way`: what comes out of a call. `humanise`: strokes are as hard, and as early or late, as a drummer's.
    `similarity`: how near to its call a similar answer lies, and how slowly an endless one wanders, 0 to 1. `blend_x`,
    `blend_y`: where between four kept grooves a blend lies, 0 to 1 each.
    Raises: ValueError for what is out of range.
    """

    temperature: float
    top_k: int
    density: float = 0.0
    way: Way = Way.CONTINUE
    humanise: bool = False
    similarity: float = 0.7
    blend_x: float = 0.5
    blend_y: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.temperature <= 10:
            raise ValueError(f"the temperature is 0 to 10, not {self.temperature}")
        if self.top_k < 0:
            raise ValueError(f"top_k is at least 1, or 0 for all labels, not {self.top_k}")
        if not -1 <= self.density <= 1:
            raise ValueError(f"the density is -1 to 1, not {self.density}")
        for name in ("similarity", "blend_x", "blend_y"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is 0 to 1, not {getattr(self, name)}")

    @property
    def feels(self) -> bool:
        """Whether strokes may lie beside their steps."""
        return self.humanise or self.way is not Way.CONTINUE
