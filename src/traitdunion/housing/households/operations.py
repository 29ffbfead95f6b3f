"""Write demands: receive, check, decide, allot, erase."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check
from traitdunion.territory.models import Commune

from ..enums import EtatDemande, Provenance, Souhait
from ..errors import HousingError
from ..leases.operations import clean
from ..models import DecisionDemande, Demande, Lot, Operation
from .allocation import candidates, rules_version

OPEN = (EtatDemande.RECUE, EtatDemande.EN_ATTENTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a household asks for, and where.

    `categorie`: rank of its resources, `avis`: verdict of the simulator; None and "" if not known.
    """

    souhait: Souhait
    communes: Sequence[Commune]
    personnes: int | None
    categorie: int | None
    avis: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """How to answer a household, and the words by which it agreed that this is kept."""

    courriel: str = ""
    telephone: str = ""
    accord: str = ""


@transaction.atomic
def receive(
    *,
    organisation: Organisation,
    provenance: Provenance,
    wish: Wish,
    contact: Contact,
    now: datetime,
    by: User | None = None,
    demonstration: bool = False,
) -> Demande:
    """Record a demand, by a household itself or by a person of the desk (`by`)."""
    if by is not None:
        check(by, Permission.HANDLE_DEMANDS, organisation)
    row = Demande(
        organisation=organisation,
        provenance=provenance,
        souhait=wish.souhait,
        personnes=wish.personnes,
        categorie=wish.categorie,
        avis=wish.avis,
        courriel=contact.courriel.strip().lower(),
        telephone=contact.telephone.strip(),
        accord=contact.accord if contact.courriel or contact.telephone else "",
        recue_le=now,
        touchee_le=now,
        demonstration=demonstration,
    )
    clean(row)
    row.save(force_insert=True)
    row.communes.set(wish.communes)
    record(by=by, organisation=organisation, action=Action.CREER, target=row, at=now)
    return row


@transaction.atomic
def check_demand(
    *,
    by: User,
    demande: Demande,
    ressources: bool | None,
    non_proprietaire: bool | None,
    categorie: int,
    now: datetime,
) -> None:
    """Record what was checked on the documents of a household; the documents are not kept."""
    row = _open(by, demande)
    row.ressources_verifiees, row.non_proprietaire = ressources, non_proprietaire
    row.categorie, row.touchee_le = categorie, now
    clean(row)
    row.save()
    record(by=by, organisation=row.organisation, action=Action.MODIFIER, target=row, at=now)


@transaction.atomic
def decide(
    *, by: User, demande: Demande, etat: EtatDemande, motif: str, now: datetime
) -> DecisionDemande:
    """Put a demand on the waiting list, or refuse it, with the reason."""
    if etat not in (EtatDemande.EN_ATTENTE, EtatDemande.REFUSEE):
        raise HousingError("On inscrit sur la liste, ou on refuse.")
    row = _open(by, demande)
    if row.etat == etat:
        raise HousingError("Cette demande est déjà sur la liste d'attente.")
    return _decision(by, row, etat, motif, now)


@transaction.atomic
def add_lot(
    *,
    by: User,
    operation: Operation,
    libelle: str,
    pieces: int,
    surface_utile: Decimal,
    genre: Souhait,
    now: datetime,
) -> Lot:
    """Add a home to an operation."""
    check(by, Permission.HANDLE_DEMANDS, operation.organisation)
    row = Lot(
        operation=operation, libelle=libelle.strip(), pieces=pieces, surface_utile=surface_utile,
        genre=genre,
    )  # fmt: skip
    clean(row)
    row.save(force_insert=True)
    record(by=by, organisation=operation.organisation, action=Action.CREER, target=row, at=now)
    return row


@transaction.atomic
def allot(*, by: User, lot: Lot, demande: Demande, motif: str, now: datetime) -> DecisionDemande:
    """Allot a home to a household that its rules rank; the rank and the reason are kept.

    Raises HousingError where the home is allotted, or the rules set the household aside.
    """
    organisation = lot.operation.organisation
    check(by, Permission.HANDLE_DEMANDS, organisation)
    Lot.objects.select_for_update(no_key=True).get(pk=lot.pk)
    if lot.decisions.filter(etat=EtatDemande.ATTRIBUEE).exists():
        raise HousingError("Ce logement est déjà attribué.")
    waiting = Demande.objects.filter(organisation=organisation, etat=EtatDemande.EN_ATTENTE)
    listed = candidates(lot, waiting.prefetch_related("communes"))
    place = next((c for c in listed if c.demande.pk == demande.pk), None)
    if place is None:
        raise HousingError("Cette demande n'est pas sur la liste d'attente.")
    if place.rank is None:
        raise HousingError(f"Les règles l'écartent : {', '.join(place.against)}.")
    row = _open(by, demande)
    return _decision(by, row, EtatDemande.ATTRIBUEE, motif, now, lot=lot, rang=place.rank)


@transaction.atomic
def erase(*, by: User, demande: Demande, now: datetime) -> None:
    """Erase the contact of a household; its decisions stay, without a name."""
    check(by, Permission.HANDLE_DEMANDS, demande.organisation)
    row = Demande.objects.select_for_update(no_key=True).get(pk=demande.pk)
    if row.etat == EtatDemande.EFFACEE:
        raise HousingError("Cette demande est déjà effacée.")
    forget(row)
    record(by=by, organisation=row.organisation, action=Action.EFFACER, target=row, at=now)


def forget(row: Demande) -> None:
    """Empty what could lead to a household."""
    row.courriel = row.telephone = row.accord = ""
    row.etat = EtatDemande.EFFACEE
    row.save()


def _open(by: User, demande: Demande) -> Demande:
    check(by, Permission.HANDLE_DEMANDS, demande.organisation)
    row = Demande.objects.select_for_update(no_key=True).get(pk=demande.pk)
    if row.etat not in OPEN:
        raise HousingError(f"Cette demande est close : {row.get_etat_display().lower()}.")
    return row


def _decision(
    by: User,
    row: Demande,
    etat: EtatDemande,
    motif: str,
    now: datetime,
    *,
    lot: Lot | None = None,
    rang: int | None = None,
) -> DecisionDemande:
    decision = DecisionDemande(
        demande=row, etat=etat, motif=motif.strip(), lot=lot, rang=rang, regles=rules_version(),
        par=by, le=now,
    )  # fmt: skip
    clean(decision)
    decision.save(force_insert=True)
    row.etat, row.touchee_le = etat, now
    row.save()
    record(by=by, organisation=row.organisation, action=Action.MODIFIER, target=row, at=now)
    return decision
