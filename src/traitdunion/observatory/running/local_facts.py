"""What the tables of the site bring to the figures of a run, beside what it computes."""

from datetime import date

import polars as pl

from traitdunion.catalogue.models import LieuCovoiturage
from traitdunion.catalogue.quality import quality_of
from traitdunion.catalogue.queries import with_details

from ..enums import Mesure
from ..models import CommuneFigure
from .figures import levels
from .ground import Ground
from .supply import CarpoolPlace


def scores(on: date) -> dict[str, float]:
    """Return the data·inclusion score of each published entry on a day, by its identifier."""
    return {
        str(row.pk): quality_of(row, on=on).inclusion_share for row in with_details().published()
    }


def carpool_places(ground: Ground) -> list[CarpoolPlace]:
    """Return the open car-pool places of the site, those of neighbours as well."""
    rows = LieuCovoiturage.objects.filter(ouvert=True).values_list("insee", "lat", "lon")
    return [CarpoolPlace(*row) for row in rows]


def households(ground: Ground) -> pl.DataFrame:
    """Return S9 by territory, where a file gives the households without a car."""
    values: dict[str, dict[str, float]] = {}
    for measure in (Mesure.MENAGES, Mesure.MENAGES_SANS_VOITURE):
        rows = CommuneFigure.objects.filter(mesure=measure, code_insee__in=ground.communes)
        values[measure] = {
            code: value
            for code, value in rows.values_list("code_insee", "value")
            if value is not None
        }
    both = [c for c in ground.communes if all(c in known for known in values.values())]
    if not both:
        return pl.DataFrame()
    frame = pl.DataFrame(
        {
            "commune": both,
            "people": [values[Mesure.MENAGES][code] for code in both],
            "without": [values[Mesure.MENAGES_SANS_VOITURE][code] for code in both],
        }
    )
    by_level = frame.join(levels(ground), on="commune").group_by("niveau", "code")
    return by_level.agg(
        (pl.col("without").sum() / pl.col("people").sum()).alias("value"), pl.col("people").sum()
    ).select(
        "niveau", "code", pl.lit("").alias("shift"), pl.lit("").alias("profile"),
        pl.lit("S9").alias("indicator"), "value", "people",
    )  # fmt: skip


def job_seekers(ground: Ground) -> dict[str, float]:
    """Return the unemployed of the census by commune, those known."""
    rows = CommuneFigure.objects.filter(mesure=Mesure.CHOMEURS, code_insee__in=ground.communes)
    return {code: value for code, value in rows.values_list("code_insee", "value") if value}
