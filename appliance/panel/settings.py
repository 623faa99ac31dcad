"""The table [panel]: where the page is served, for how long a session lasts, how much may be uploaded."""

from typing import Annotated

import msgspec


class PanelSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`host`: the address that is listened at; `names`: further names by which browsers may know the box.

    `folder`: of password, sessions and uploaded models; empty: where systemd says, else the user's own state. `hours`
    of a session; `upload_size` in MB. Raises: ValueError for what there cannot be.
    """

    host: str
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)]
    tls: bool
    names: tuple[str, ...]
    folder: str
    hours: float
    upload_size: float

    def __post_init__(self) -> None:
        if not 0 < self.hours <= 8760:
            raise ValueError(f"panel.hours is above 0 and at most 8760, a year, not {self.hours}")
        if not 0 < self.upload_size <= 256:
            raise ValueError(f"panel.upload_size is above 0 and at most 256 MB, not {self.upload_size}")
        if not self.host:
            raise ValueError('panel.host is an address: "127.0.0.1" for this machine alone, "0.0.0.0" for all')
