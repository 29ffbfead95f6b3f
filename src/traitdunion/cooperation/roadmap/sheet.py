"""Writing the sheet of an action: its essentials, its parts, the readings of its indicators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from traitdunion.accounts.models import User
from traitdunion.accounts.permissions import Permission, check
from traitdunion.territory.models import Epci

from ..models import (
    Action,
    Evenement,
    Indicateur,
    LigneBudget,
    Partenaire,
    Pilote,
    Relance,
    Releve,
)
from ..operations import CooperationError
from .changes import Row, remove, write
from .measures import PERCENT, hides_people, share_percent
from .operations import follow, record_event


@dataclass(frozen=True)
class Kind:
    """A kind of part: its table, how it is called, `feminine` for what agrees with it."""

    table: type[Row]
    name: str
    feminine: bool = False

    def words(self, row: Row, done: str) -> str:
        """Return what was done to a part: « Ligne de budget ajoutée : 2026 Relais… »."""
        return f"{self.name} {done}{'e' if self.feminine else ''} : {row}"


KINDS = {
    "pilote": Kind(Pilote, "Pilote"),
    "partenaire": Kind(Partenaire, "Partenaire"),
    "budget": Kind(LigneBudget, "Ligne de budget", feminine=True),
    "indicateur": Kind(Indicateur, "Indicateur"),
    "releve": Kind(Releve, "Relevé"),
}


def kind_of(row: Row) -> Kind:
    return next(kind for kind in KINDS.values() if isinstance(row, kind.table))


@transaction.atomic
def write_part(row: Row, *, by: User, now: datetime) -> Evenement:
    """Add a part to a sheet, or change it. Raises CooperationError."""
    done = "modifié" if row.pk else "ajouté"
    event = write(row, by=by, now=now, words=kind_of(row).words(row, done))
    if isinstance(row, Indicateur) and row.personnes:
        _forget_small_readings(row)
    return event


def _forget_small_readings(indicateur: Indicateur) -> None:
    """Erase the figures of few people that were read before an indicator counted people."""
    for reading in indicateur.releves.filter(secret=False):
        if hides_people(reading.valeur, reading.numerateur, reading.denominateur):
            reading.valeur = reading.numerateur = reading.denominateur = reading.inconnus = None
            reading.secret = True
            reading.save()


def remove_part(row: Row, *, by: User, now: datetime) -> Evenement:
    """Take a part off a sheet; it can be put back."""
    return remove(row, by=by, now=now, words=kind_of(row).words(row, "retiré"))


@transaction.atomic
def change_essentials(
    *, by: User, action: Action, now: datetime, **fields: Any
) -> Evenement | None:
    """Change the title, dates, description and territory; return None where nothing differs.

    `fields`: columns of an action.
    """
    fields["epci"] = official_epci(fields.get("epci", action.epci))
    changes = {name: value for name, value in fields.items() if getattr(action, name) != value}
    if not changes:
        return None
    return follow(by=by, action=action, now=now, commentaire="Fiche modifiée", **changes)


def official_epci(names: Sequence[str]) -> list[str]:
    """Return the names once each, as the official list writes them where it has them."""
    wanted = {slugify(name): " ".join(name.split()) for name in names if name.strip()}
    known = {slugify(name): name for name in Epci.objects.values_list("nom", flat=True)}
    return [known.get(key, name) for key, name in wanted.items()]


@dataclass(frozen=True)
class Reading:
    """What was read of an indicator: a value, or a share as numerator and denominator."""

    releve_le: date
    valeur: Decimal | None = None
    numerateur: int | None = None
    denominateur: int | None = None
    periode: str = ""
    territoire: str = ""


@transaction.atomic
def take_reading(
    *,
    by: User,
    indicateur: Indicateur,
    reading: Reading,
    now: datetime,
    row: Releve | None = None,
) -> Evenement:
    """Keep a reading, in place of that of `row` if one is given.

    Where it counts people and fewer than eleven, that it was read is kept, and no figure.
    Raises CooperationError.
    """
    valeur, numerateur, denominateur = reading.valeur, reading.numerateur, reading.denominateur
    if (numerateur is None) != (denominateur is None):
        raise CooperationError("Une part se dit avec ses deux nombres : combien, sur combien.")
    if numerateur is not None and denominateur is not None:
        valeur = _share(indicateur, numerateur, denominateur)
    if valeur is None:
        raise CooperationError("Donnez la valeur relevée, ou combien sur combien.")
    row = row or Releve(indicateur=indicateur)
    row.releve_le, row.periode, row.territoire = (
        reading.releve_le, reading.periode, reading.territoire,
    )  # fmt: skip
    row.secret = indicateur.personnes and hides_people(valeur, numerateur, denominateur)
    kept_values = (None, None, None) if row.secret else (valeur, numerateur, denominateur)
    row.valeur, row.numerateur, row.denominateur = kept_values
    row.inconnus = None
    return write_part(row, by=by, now=now)


@dataclass(frozen=True, slots=True)
class Share:
    """A share that the product computed, as it may be published.

    `unknown`: cases left out because nothing is known of them; None where that count is hidden.
    """

    numerator: int
    denominator: int
    unknown: int | None


@transaction.atomic
def follow_figure(
    *, by: User, indicateur: Indicateur, on: date, share: Share | None, now: datetime
) -> Evenement | None:
    """Keep what the product computes as the reading of a day; None where nothing differs.

    `share`: None where it may not be shown: that it was read is kept, and no figure.
    """
    values: dict[str, Any] = dict.fromkeys(("valeur", "numerateur", "denominateur", "inconnus"))
    if share is not None:
        values |= {
            "valeur": _share(indicateur, share.numerator, share.denominator),
            "numerateur": share.numerator,
            "denominateur": share.denominator,
            "inconnus": share.unknown,
        }
    values["secret"] = share is None
    reading = indicateur.releves.filter(releve_le=on, territoire="").first()
    if reading is None:
        reading = Releve(indicateur=indicateur, releve_le=on)
    elif all(getattr(reading, name) == value for name, value in values.items()):
        return None
    for name, value in values.items():
        setattr(reading, name, value)
    return write_part(reading, by=by, now=now)


def _share(indicateur: Indicateur, numerateur: int, denominateur: int) -> Decimal:
    if indicateur.unite.strip() != PERCENT:
        raise CooperationError(
            f"« {indicateur} » se compte en {indicateur.unite} : donnez sa valeur. « Combien sur "
            "combien » sert aux indicateurs dont l'unité est %."
        )
    if denominateur == 0 or numerateur > denominateur:
        raise CooperationError(
            f"{numerateur} sur {denominateur} : le premier nombre fait partie du second, qui n'est "
            "pas nul."
        )
    return share_percent(numerateur, denominateur)


@transaction.atomic
def remove_action(*, by: User, action: Action, now: datetime) -> None:
    """Take away an action to which nothing happened since it was written.

    Raises CooperationError where something did: it is then left aside, not erased.
    """
    check(by, Permission.STEER, action.axe.seance.organisation)
    lived = (
        action.evenements.count() > 1
        or action.engagements.exists()
        or action.sous_actions.exists()
        or Relance.objects.filter(action=action).exists()
    )
    if lived:
        raise CooperationError(
            "Cette action a déjà une histoire, qui reste : passez-la à « Abandonnée »."
        )
    parent, titre = action.parent, action.titre
    action.delete()
    if parent is not None:
        record_event(parent, by=by, at=now, commentaire=f"Étape retirée : {titre}")
