"""Follow a resale: events with their proof, the clocks they start, agrément, deed."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files

from django.db import transaction
from django.utils import timezone

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check
from traitdunion.french import day, euros

from ..clocks import ClockRule, Counted, clock_rules, count
from ..enums import EvenementRevente, NatureReference
from ..errors import HousingError
from ..ledger.accounts import cents, euros_of
from ..models import Bail, Evenement, Revente
from ..references.queries import series
from .ceilings import LeaseCeiling, ceiling_of
from .operations import LeaseTerms, add_version, clean
from .terms import terms_of

E = EvenementRevente
# Each clock of a resale: the event that starts it, those that stop it.
CLOCKS: tuple[tuple[str, EvenementRevente, tuple[EvenementRevente, ...]], ...] = (
    ("offre_maintien", E.OFFRE_RECUE, ()),
    ("offre_reflexion", E.OFFRE_RECUE, (E.ACCEPTATION,)),
    ("retractation_L271_1", E.NOTIFICATION, ()),
    ("info_ofs", E.ACCEPTATION, (E.TRANSMISSION,)),
    ("agrement_cession", E.TRANSMISSION, (E.AGREMENT, E.REFUS)),
    ("preemption", E.TRANSMISSION, (E.PREEMPTION,)),
    ("preemption_refus", E.TRANSMISSION, (E.PREEMPTION,)),
    ("recherche_acquereur", E.DEMANDE_RECHERCHE, ()),
)
# What must have happened before an event.
NEEDS: dict[EvenementRevente, tuple[EvenementRevente, ...]] = {
    E.ACCEPTATION: (E.OFFRE_RECUE,),
    E.NOTIFICATION: (E.ACCEPTATION,),
    E.TRANSMISSION: (E.ACCEPTATION,),
    E.AGREMENT: (E.TRANSMISSION,),
    E.REFUS: (E.TRANSMISSION,),
    E.PREEMPTION: (E.TRANSMISSION,),
    E.DEMANDE_RECHERCHE: (E.REFUS,),
    E.ACTE: (E.AGREMENT,),
}
EXCLUDES = {E.AGREMENT: E.REFUS, E.REFUS: E.AGREMENT}


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A clock of a resale; `counted` None: its start is not established. `stopped`: its answer."""

    rule: str
    counted: Counted | None
    stopped: Evenement | None
    is_ours: bool

    @property
    def law(self) -> ClockRule:
        return clock_rules()[self.rule]


@cache
def rules_version() -> str:
    """Return the fingerprint of the delays: each event keeps those it was counted with."""
    content = files("traitdunion.data").joinpath("housing/delais.yaml").read_bytes()
    return hashlib.sha256(content).hexdigest()[:16]


def clocks_of(revente: Revente) -> list[ClockLine]:
    """Return the clocks of a resale, in order; the longer pre-emption only after a refusal."""
    events = {row.nature: row for row in revente.evenements.all()}
    lines = []
    for rule, starts, stops in CLOCKS:
        if rule == ("preemption" if E.REFUS in events else "preemption_refus"):
            continue
        if rule == "recherche_acquereur" and starts not in events:
            continue
        event = events.get(starts)
        stopped = next((events[stop] for stop in stops if stop in events), None)
        counted = None if event is None else count(rule, event.le)
        lines.append(ClockLine(rule, counted, stopped, rule == "agrement_cession"))
    return lines


@transaction.atomic
def open_resale(*, by: User, bail: Bail, acquereur: str, prix: Decimal, now: datetime) -> Revente:
    """Open the resale of a lease to a buyer; one at a time."""
    check(by, Permission.KEEP_LEASES, bail.organisation)
    running = bail.reventes.exclude(evenements__nature__in=[E.ACTE, E.REFUS, E.PREEMPTION])
    if running.exists():
        raise HousingError("Une revente de ce bail est déjà ouverte.")
    row = Revente(bail=bail, acquereur=acquereur, prix_centimes=cents(prix), ouverte_le=now)
    clean(row)
    row.save(force_insert=True)
    record(by=by, organisation=bail.organisation, action=Action.CREER, target=row, at=now)
    return row


@transaction.atomic
def set_checks(
    *,
    by: User,
    revente: Revente,
    ressources: bool | None,
    financement: bool | None,
    non_proprietaire: bool | None,
    now: datetime,
) -> None:
    """Record what was checked of a buyer; None: not yet."""
    check(by, Permission.KEEP_LEASES, revente.bail.organisation)
    revente.ressources_verifiees = ressources
    revente.financement_verifie = financement
    revente.non_proprietaire = non_proprietaire
    revente.save()
    record(
        by=by, organisation=revente.bail.organisation, action=Action.MODIFIER, target=revente,
        at=now,
    )  # fmt: skip


@transaction.atomic
def record_event(
    *,
    by: User,
    revente: Revente,
    nature: EvenementRevente,
    le: date,
    preuve: str,
    now: datetime,
    motif: str = "",
) -> Evenement:
    """Record an event of a resale with its proof; an agrément after its three checks only.

    Raises HousingError where the order of the law is not kept, the buyer accepted too early, the
    price is over its ceiling, or a figure it rests on is missing or not checked.
    """
    bail = revente.bail
    check(by, Permission.KEEP_LEASES, bail.organisation)
    Revente.objects.select_for_update(no_key=True).get(pk=revente.pk)
    events = {row.nature: row for row in revente.evenements.all()}
    _refuse_disorder(events, nature, le, timezone.localdate(now))
    if nature == E.ACCEPTATION:
        first = count("offre_reflexion", events[E.OFFRE_RECUE].le).strict
        if le < first:
            raise HousingError(
                f"Trop tôt : l'offre s'accepte à partir du {day(first)} (dix jours pleins)."
            )
    if nature == E.AGREMENT:
        _refuse_agreement(revente, le)
    if nature == E.REFUS and not motif.strip():
        raise HousingError("Un refus d'agrément se motive.")
    row = Evenement(
        revente=revente,
        nature=nature,
        le=le,
        preuve=preuve.strip(),
        motif=motif.strip(),
        regles=rules_version(),
        par=by,
        ecrit_le=now,
    )
    clean(row)
    row.save(force_insert=True)
    if nature == E.ACTE:
        _recharge(revente, le, now)
    record(by=by, organisation=bail.organisation, action=Action.CREER, target=row, at=now)
    return row


def _refuse_disorder(
    events: dict[str, Evenement], nature: EvenementRevente, le: date, today: date
) -> None:
    if nature in events:
        raise HousingError(f"« {nature.label} » est déjà inscrit ; rien ne s'efface.")
    if le > today:
        raise HousingError("Cette date n'est pas encore venue.")
    for needed in NEEDS.get(nature, ()):
        if needed not in events:
            raise HousingError(f"Il manque d'abord : {needed.label.lower()}.")
        if le < events[needed].le:
            raise HousingError(f"Cette date précède « {needed.label.lower()} ».")
    other = EXCLUDES.get(nature)
    if other is not None and other in events:
        raise HousingError(f"« {other.label} » est déjà inscrit : la décision est prise.")


def _refuse_agreement(revente: Revente, le: date) -> None:
    """Refuse to agree a buyer unless income, price, funding and ownership are all checked."""
    if revente.ressources_verifiees is not True:
        raise HousingError("Les ressources de l'acquéreur ne sont pas vérifiées sous le plafond.")
    if revente.financement_verifie is not True:
        raise HousingError("Le plan de financement n'est pas vérifié.")
    if revente.non_proprietaire is not True:
        raise HousingError("La déclaration de non-propriétaire (R.255-1-1) manque.")
    ceiling = ceiling_of(revente.bail, on=le, asked=euros_of(revente.prix_centimes))
    if ceiling is None or ceiling.resale is None:
        raise HousingError("Le prix maximal ne se calcule pas : indice non renseigné.")
    if not ceiling.is_checked:
        raise HousingError("Le prix maximal est à vérifier : un administrateur coche l'indice.")
    if not ceiling.resale.allowed_by_lease:
        raise HousingError(
            f"Prix au-dessus du maximum permis : {euros(ceiling.resale.p_max)}. Refusez, ou "
            "demandez un autre prix."
        )
    if ceiling.resale.allowed is None and not ceiling.ceiling.verified:
        raise HousingError("Le prix dépasse le plafond de l'année, qui est à vérifier.")


def _recharge(revente: Revente, le: date, now: datetime) -> None:
    """Start the whole term again from the deed, at the price of the sale (L.255-12)."""
    bail = revente.bail
    ceiling: LeaseCeiling | None = ceiling_of(bail, on=le)
    if ceiling is None or ceiling.latest.row is None:
        raise HousingError("Le bail ne se recharge pas : indice non renseigné.")
    last = ceiling.version
    versions = list(bail.versions.all())
    kinds = {NatureReference(row.indice) for row in versions}
    indices = {kind.value: series(kind, bail.organisation) for kind in kinds}
    terms = terms_of(versions, indices, until=le)
    current = next(s.amount for s in reversed(terms.segments) if s.since <= le)
    fresh = LeaseTerms(
        duree_ans=last.duree_ans,
        prix=euros_of(revente.prix_centimes),
        redevance=current,
        plancher=None if last.plancher_centimes is None else euros_of(last.plancher_centimes),
        indice=last.indice,
        indice_base=ceiling.latest.row.cle,
    )
    add_version(
        bail,
        fresh,
        depuis=le,
        motif="Revente agréée : durée rechargée",
        fin=count("terme_rechargeable", le, years=last.duree_ans).strict,
        now=now,
    )
    bail.preneur = revente.acquereur
    bail.save(update_fields=["preneur"])
