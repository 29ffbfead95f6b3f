"""Compute the ceiling of the resale of a lease on a day, with the rows it rests on."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..enums import NatureReference
from ..ledger.accounts import euros_of
from ..models import Bail, VersionBail
from ..money import Resale, Works, resale
from ..references.queries import MISSING, Found, in_force, series
from .terms import version_on


@dataclass(frozen=True, slots=True)
class LeaseCeiling:
    """The ceiling (None where an index is missing), and whether an administrator checked it all."""

    version: VersionBail
    base: Found
    latest: Found
    ceiling: Found
    resale: Resale | None

    @property
    def p_max(self) -> Decimal | None:
        return None if self.resale is None else self.resale.p_max

    @property
    def is_checked(self) -> bool:
        return self.base.verified and self.latest.verified

    @property
    def state(self) -> str:
        if self.resale is None:
            return "non renseigné"
        return "vérifié" if self.is_checked else "à vérifier"


def ceiling_of(bail: Bail, *, on: date, asked: Decimal | None = None) -> LeaseCeiling | None:
    """Return the ceiling on a day; None before the lease is signed.

    The index is the latest known on that day; the ceiling of price of the year, where there is one,
    is compared too, since no text read settles whether it binds a resale.
    """
    version = version_on(bail.versions.all(), on)
    if version is None:
        return None
    nature = NatureReference(version.indice)
    index = series(nature, bail.organisation)
    base = index.get(version.indice_base, MISSING)
    known = [f for f in index.values() if f.row is not None and f.row.depuis <= on]
    latest = max(known, key=lambda f: f.row.depuis if f.row else date.min, default=MISSING)
    zone = in_force(
        NatureReference.ZONE_ABC, bail.commune_id, on=on, organisation=bail.organisation
    )
    ceiling = MISSING
    if zone.row is not None:
        ceiling = in_force(
            NatureReference.PLAFOND_PRIX, zone.row.valeur, on=on, organisation=bail.organisation
        )
    price = None
    if base.figure is not None and latest.figure is not None:
        price = resale(
            acquisition=euros_of(version.prix_centimes),
            index0=base.figure,
            index1=latest.figure,
            works=[
                Works(
                    euros_of(row.montant_centimes),
                    Decimal(_whole_years(row.faits_le, on)),
                    Decimal(row.vie_ans),
                )
                for row in bail.travaux.all()
                if row.faits_le <= on and row.faits_le >= version.depuis
            ],
            asked=asked,
            current_ceiling=ceiling.figure,
            surface=bail.surface_utile,
        )
    return LeaseCeiling(version, base, latest, ceiling, price)


def _whole_years(since: date, on: date) -> int:
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))
