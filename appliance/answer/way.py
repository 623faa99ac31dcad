"""In what way an answer comes out of its call: the network goes on, or a groove model plays with it."""

from enum import StrEnum


class Way(StrEnum):
    """A way to answer."""

    CONTINUE = "continue"  # the model goes on from the call
    TAP = "tap"  # a rhythm that was tapped on one pad comes back as a whole kit's groove
    HUMANISE = "humanise"  # the call again, as hard and as early or late as a drummer would play it
    HI_HAT = "hi_hat"  # the call again, with a closed hi-hat that a drummer would play to it
    SIMILAR = "similar"  # a groove that lies near the call; `similarity` says how near
    BLEND = "blend"  # a groove between four kept ones, as `blend_x` and `blend_y` have it
    INTERPOLATE = "interpolate"  # from the call before to this one, a bar at a time
    ENDLESS = "endless"  # it wanders on from the call, for hours, and plays no eight bars twice
