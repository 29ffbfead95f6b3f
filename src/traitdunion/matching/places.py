"""Where one lives and works."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A home or a place of work; `lat` and `lon` in WGS 84 degrees.

    `is_precise`: a point of its own, and not the centre of the commune that it is in.
    """

    label: str
    lat: float
    lon: float
    code_insee: str | None = None
    is_precise: bool = False
