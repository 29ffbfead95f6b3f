"""What the tables of the site bring to the figures of a run, beside what it computes."""

from datetime import date

import polars as pl

from traitdunion import reach
from traitdunion.catalogue.models import LieuCovoiturage
from traitdunion.catalogue.quality import quality_of
from traitdunion.catalogue.queries import with_details
from traitdunion.territory.models import Equipe

from ..enums import Mesure
from ..models import CommuneFigure
from .figures import levels
from .ground import Ground
from .site_posts import Posts
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


def site_posts() -> list[Posts]:
    """Return the shifts of the sheets of sites that give how many people they have."""
    rows = Equipe.objects.exclude(personnes=None).exclude(personnes=0).order_by("pk")
    return [
        Posts(
            reach.Point(row.site.lat, row.site.lon),
            reach.Shift(row.debut_s, row.fin_s, frozenset(row.jours)),
            row.personnes or 0,
        )
        for row in rows.select_related("site")
    ]


def households(ground: Ground) -> pl.DataFrame:
    """Return S9 by territory, where a file gives the households without a car."""
    return _shares(ground, Mesure.MENAGES, Mesure.MENAGES_SANS_VOITURE, "S9")


def shared_rides(ground: Ground) -> pl.DataFrame:
    """Return S8 and S8_AIDES by territory: rides a month from it, the share with an incentive.

    A commune that the file does not hold had none that is published.
    """
    rides = _known(Mesure.COVOITURAGES, ground)
    if not rides:
        return pl.DataFrame()
    frame = pl.DataFrame({"commune": list(rides), "people": list(rides.values())})
    by_level = frame.join(levels(ground), on="commune").group_by("niveau", "code")
    counted = by_level.agg(pl.col("people").sum().alias("value"), pl.col("people").sum())
    shares = _shares(ground, Mesure.COVOITURAGES, Mesure.COVOITURAGES_AIDES, "S8_AIDES")
    return pl.concat([part for part in (_long(counted, "S8"), shares) if part.height])


def _shares(ground: Ground, whole: Mesure, part: Mesure, indicator: str) -> pl.DataFrame:
    """Return by territory the share of a measure that another one is, where both are known."""
    of, counted = _known(whole, ground), _known(part, ground)
    both = [commune for commune in of if commune in counted]
    if not both:
        return pl.DataFrame()
    frame = pl.DataFrame(
        {
            "commune": both,
            "people": [of[code] for code in both],
            "part": [counted[code] for code in both],
        }
    )
    by_level = frame.join(levels(ground), on="commune").group_by("niveau", "code")
    share = (pl.col("part").sum() / pl.col("people").sum()).alias("value")
    return _long(by_level.agg(share, pl.col("people").sum()), indicator)


def _known(measure: Mesure, ground: Ground) -> dict[str, float]:
    rows = CommuneFigure.objects.filter(mesure=measure, code_insee__in=ground.communes)
    return {
        code: value for code, value in rows.values_list("code_insee", "value") if value is not None
    }


def _long(by_territory: pl.DataFrame, indicator: str) -> pl.DataFrame:
    return by_territory.select(
        "niveau", "code", pl.lit("").alias("shift"), pl.lit("").alias("profile"),
        pl.lit(indicator).alias("indicator"), "value", "people",
    )  # fmt: skip


def job_seekers(ground: Ground) -> dict[str, float]:
    """Return the unemployed of the census by commune, those known."""
    return {code: value for code, value in _known(Mesure.CHOMEURS, ground).items() if value}
