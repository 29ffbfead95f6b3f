"""Shared rides of the French register of proofs (RPC, open data), counted by commune of departure.

One row is one passenger with one driver. The publisher leaves out the rides of a pair of communes
and hours that fewer than six share, and rounds hours to ten minutes.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from .bounded.csv_files import read_csv
from .bounded.faults import Unreadable
from .bounded.values import restore_zeros
from .insee_communes import CODE, LARGE

PUBLISHER, LICENCE = "Registre de preuve de covoiturage", "Licence Ouverte 2.0"
FROM, DAY, AIDED = "journey_start_insee", "journey_start_date", "has_incentive"
MOMENT = "journey_start_datetime"
YES = {"oui", "true", "t", "1"}


@dataclass(frozen=True)
class RideTable:
    """Rides a month by code INSEE and measure; `vintage` as "2025-03" or "2025-01 à 2025-03"."""

    vintage: str
    rows: Mapping[str, Mapping[str, float | None]]
    notes: tuple[str, ...] = ()


def read_shared_rides(content: bytes) -> RideTable:
    """Read the rides of one or more months, and how many of them had an incentive.

    Rides with an incentive are None where the file has no such column (before 2021). Raises
    Unreadable where the communes or the days of departure are not there.
    """
    table = read_csv(content, limits=LARGE)
    day = next((name for name in (DAY, MOMENT) if name in table.headings), "")
    if FROM not in table.headings or not day:
        raise Unreadable.of(
            f"les colonnes {FROM} et {DAY} manquent.",
            "Prenez un mois des « trajets réalisés en covoiturage » sur data.gouv.fr, réduit aux "
            "lignes qui partent du département.",
        )
    rides: Counter[str] = Counter()
    aided: Counter[str] = Counter()
    months: set[str] = set()
    left = 0
    for record in table.records:
        commune = restore_zeros(record.cells.get(FROM, ""), 5)
        month = record.cells.get(day, "")[:7]
        if not CODE.fullmatch(commune) or len(month) < 7:
            left += 1
            continue
        months.add(month)
        rides[commune] += 1
        aided[commune] += record.cells.get(AIDED, "").strip().lower() in YES
    notes = [str(fault) for fault in table.faults]
    if left:
        notes.append(f"{left} lignes sans commune ou sans jour de départ, laissées de côté.")
    notes.append("Le registre ne publie pas les trajets que moins de six personnes ont en commun.")
    n, has_aid = len(months), AIDED in table.headings
    rows = {
        commune: {
            "covoiturages": count / n,
            "covoiturages_aides": aided[commune] / n if has_aid else None,
        }
        for commune, count in rides.items()
    }
    ends = sorted({min(months), max(months)}) if months else []
    return RideTable(" à ".join(ends), rows, tuple(notes))
