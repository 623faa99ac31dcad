"""The owner's settings of updates."""

import msgspec


class UpdateSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`pace` stretches every time that a new version has to prove itself, for a board that is slower than a Pi 3.

    Raises: ValueError for what is none.
    """

    pace: float

    def __post_init__(self) -> None:
        if not 1.0 <= self.pace <= 20.0:
            raise ValueError(f"update.pace is 1 to 20, not {self.pace}")
