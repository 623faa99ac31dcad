"""Which groove models are at hand, as the owner has it: told without numpy."""

import msgspec

from appliance.answer.way import Way
from appliance.notation.drum_track import DrumTrack

CORNERS = 4  # of the square in which a blend lies
Corner = int | str | DrumTrack


class GrooveSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shipped models' names, or files; an empty name is none.

    `humaniser`: plays any answer as a drummer would. `tap`: makes a whole kit's groove of a tapped rhythm. `hi_hat`:
    plays a closed hi-hat to a groove; without one, `tap` does. `space`: the latent space of all other ways.
    `corners`: grooves between which a blend lies at first, favourites' numbers or MIDI files until they are read.
    """

    humaniser: str = ""
    tap: str = ""
    hi_hat: str = ""
    space: str = ""
    corners: tuple[Corner, ...] = ()

    @property
    def at_corners(self) -> tuple[DrumTrack, ...]:
        """The corners that have been read."""
        return tuple(corner for corner in self.corners if isinstance(corner, DrumTrack))

    @property
    def names(self) -> tuple[str, ...]:
        """Each model once."""
        return tuple(dict.fromkeys(name for name in (self.humaniser, self.tap, self.hi_hat, self.space) if name))

    def lacks(self, way: Way) -> str:
        """The setting that must name a model before an answer can be of this way; empty where nothing is missing."""
        match way:
            case Way.CONTINUE:
                return ""
            case Way.HUMANISE:
                return "" if self.humaniser else "humaniser"
            case Way.TAP:
                return "" if self.tap else "tap"
            case Way.HI_HAT:
                return "" if self.hi_hat or self.tap else "hi_hat"
        return "" if self.space else "space"

    def refusal(self, way: Way) -> str:
        """Why an answer cannot be of this way, and what to do, in a sentence; empty where it can."""
        lacking = self.lacks(way)
        if lacking == "hi_hat":
            return (
                "hi_hat needs a groove model, and none is shipped that learnt to add hi-hats: name "
                "groovae_2bar_tap_fixed_velocity as groove.tap in the settings, which does it too, or train a "
                "groovae_2bar_add_closed_hh (docs/vae.md) and name that as groove.hi_hat"
            )
        return lacking and f"{way} needs a groove model: name one as groove.{lacking} in the settings"
