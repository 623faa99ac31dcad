"""How an answer is drawn, as the owner and the controls have it: told, unlike the drawing, without numpy."""

import msgspec

from appliance.answer.way import Way
from appliance.notation.drums import Drum

# Beam times branch: each line costs a network step for every step of the answer.
MOST_LINES = 64

_DRUMS = {drum.label: drum for drum in Drum}


class SamplingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How bold the answer is.

    `temperature`: 0 always takes the likeliest, 1 is the model's own distribution, above 1 is wilder. `top_k`: only the
    k likeliest labels can come; 0 for all. `top_p`: only the fewest that make up this share of the likelihood; 1 for
    all. Of drums: `density` -1 leaves some out, 1 adds some, 0 is as the model has it; `drums_a_step`: so many sound
    together on average; 0 for as many as the model has; `allowed_drums`: no others can come; none for all.
    `beam`, `branch`, `steps_per_iteration` (beam.py): of so many lines the likeliest is played; 1 for plain drawing.
    `way`: what comes out of a call. `humanise`: strokes are as hard, and as early or late, as a drummer's.
    `similarity`: how near to its call a similar answer lies, and how slowly an endless one wanders, 0 to 1. `blend_x`,
    `blend_y`: where between four kept grooves a blend lies, 0 to 1 each.
    Raises: ValueError for what is out of range.
    """

    temperature: float
    top_k: int
    density: float = 0.0
    top_p: float = 1.0
    drums_a_step: float = 0.0
    allowed_drums: tuple[str, ...] = ()
    beam: int = 1
    branch: int = 1
    steps_per_iteration: int = 1
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
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p is a share above 0, up to 1 for all labels, not {self.top_p}")
        if not -1 <= self.density <= 1:
            raise ValueError(f"the density is -1 to 1, not {self.density}")
        self._check_drums()
        self._check_places()
        if min(self.beam, self.branch, self.steps_per_iteration) < 1:
            raise ValueError(
                f"beam, branch and steps_per_iteration are at least 1, not {self.beam}, {self.branch} and "
                f"{self.steps_per_iteration}"
            )
        if self.beam * self.branch > MOST_LINES:
            raise ValueError(f"beam times branch is at most {MOST_LINES}, not {self.beam} times {self.branch}")

    @property
    def searches(self) -> bool:
        """Whether several lines are drawn, of which the likeliest is played."""
        return self.beam * self.branch > 1

    def allows(self, drum: Drum | None) -> bool:
        """Whether a drum may be played; a key that is no drum of ours only where all may."""
        return not self.allowed_drums or (drum is not None and drum.label in self.allowed_drums)

    @property
    def feels(self) -> bool:
        """Whether strokes may lie beside their steps."""
        return self.humanise or self.way is not Way.CONTINUE

    def _check_drums(self) -> None:
        if not 0 <= self.drums_a_step <= len(Drum):
            raise ValueError(f"drums_a_step is 0 (as the model has it) to {len(Drum)}, not {self.drums_a_step}")
        for name in self.allowed_drums:
            if name not in _DRUMS:
                raise ValueError(f"allowed_drums: there is no drum {name!r}: there are {', '.join(_DRUMS)}")

    def _check_places(self) -> None:
        for name in ("similarity", "blend_x", "blend_y"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is 0 to 1, not {getattr(self, name)}")
