"""What a vehicle of one's own costs by the kilometre: the tax scale, dated and sourced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

from .aids import CENT, FRESH_DAYS
from .faults import Faults
from .marked_yaml import Marked, RulesError, read_marked
from .registry import CONFIANCES, day, number

SCALES = Path(__file__).resolve().parents[1] / "data" / "rules" / "bareme.yaml"
MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Band:
    """Euros of a year: `per_km` times its kilometres, plus `fixed`, up to `up_to_km` a year."""

    up_to_km: Decimal | None
    per_km: Decimal
    fixed: Decimal

    def holds(self, km: Decimal) -> bool:
        return self.up_to_km is None or km <= self.up_to_km


@dataclass(frozen=True)
class Scale:
    """The bands of one kind of vehicle from a day on; `read_on` is when its text was last read."""

    vehicle: str
    valid_from: date
    reference: str
    confiance: str
    read_on: date | None
    bands: tuple[Band, ...]

    def month_eur(self, km_a_year: Decimal) -> Decimal:
        """Return what a month costs at so many kilometres a year."""
        band = next(band for band in self.bands if band.holds(km_a_year))
        year = band.per_km * km_a_year + band.fixed
        return (year / MONTHS_A_YEAR).quantize(CENT, ROUND_HALF_UP)


def scale_of(
    code: str,
    on: date,
    *,
    fresh_days: int = FRESH_DAYS,
    scales: Mapping[str, Sequence[Scale]] | None = None,
) -> Scale | None:
    """Return the scale of a kind of vehicle in force on a day.

    None where there is none, where one page alone gives it, or where it was not read for
    `fresh_days`: a cost that is not known is stated so, never made up.
    """
    known = read_scales() if scales is None else scales
    scale = next((scale for scale in reversed(known.get(code, ())) if scale.valid_from <= on), None)
    if scale is None or scale.confiance == "C" or scale.read_on is None:
        return None
    return scale if on <= scale.read_on + timedelta(days=fresh_days) else None


@cache
def read_scales(path: Path = SCALES) -> Mapping[str, tuple[Scale, ...]]:
    """Read the scales of a file by kind of vehicle; raises RulesError with all its faults."""
    content, faults = read_marked(path), Faults(path.name)
    by_code = {}
    for code, given in content.items():
        entry = faults.entry(given, content.lines[code], code)
        if entry is not None:
            name = faults.text(entry, "nom")
            scales = [_scale(name, row, faults) for row in faults.entries(entry, "valeurs")]
            by_code[code] = tuple(sorted(scales, key=lambda row: row.valid_from))
    if faults.messages:
        raise RulesError(faults.messages)
    return by_code


def _scale(vehicle: str, entry: Marked, faults: Faults) -> Scale:
    since = day(entry, "depuis", faults)
    bands = tuple(_band(row, faults) for row in faults.entries(entry, "tranches"))
    if since is None or not bands or bands[-1].up_to_km is not None:
        faults.add(
            entry.line, "tranches", "il manque un jour de début, ou une dernière tranche sans fin.",
            "Ajoutez « depuis », et une tranche sans « jusqu_a_km ».",
        )  # fmt: skip
    return Scale(
        vehicle=vehicle,
        valid_from=since or date.max,
        reference=faults.text(entry, "reference"),
        confiance=faults.one_of(entry, "confiance", CONFIANCES),
        read_on=day(entry, "lu_le", faults),
        bands=bands,
    )


def _band(entry: Marked, faults: Faults) -> Band:
    faults.unknown_keys(entry, ("jusqu_a_km", "par_km", "fixe"))
    zero = Decimal(0)
    return Band(
        number(entry, "jusqu_a_km", faults),
        number(entry, "par_km", faults) or zero,
        number(entry, "fixe", faults) or zero,
    )
