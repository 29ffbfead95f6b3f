"""Between an idea and a decision: consent round, dots with a cap, sheets, situations and levers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from .enums import CollegeDeclare, Critere, Reponse
from .models import (
    Action,
    Axe,
    Engagement,
    FeuilleDeTable,
    Gommette,
    Idee,
    Objection,
    Regard,
    Seance,
    Situation,
)
from .operations import CooperationError, clean, propose_commitment, refuse_personal
from .photographs import without_metadata


@dataclass(frozen=True)
class Progress:
    """How far an idea is: gates passed, objections that stand, dots."""

    idea: Idee
    gates: list[tuple[str, str]]
    objections: list[Objection]
    dots: int
    voters: int

    @property
    def passed(self) -> bool:
        """All four gates answered, none by « non »."""
        return len(self.gates) == len(Critere) and all(a != Reponse.NON for _, a in self.gates)

    @property
    def standing(self) -> int:
        """Objections that were not lifted."""
        return sum(not one.levee for one in self.objections)

    @property
    def ready(self) -> bool:
        """May be voted on: through the gates, and nobody objects any more."""
        return self.passed and self.standing == 0


def progress(seance: Seance) -> list[Progress]:
    """Each current idea of a session, axe by axe."""
    rows = Idee.objects.current().filter(axe__seance=seance).select_related("axe")
    rows = rows.prefetch_related("filtres", "objections", "gommettes").order_by("axe__ordre", "pk")
    return [progress_of(idea) for idea in rows]


def progress_of(idea: Idee) -> Progress:
    dots = [one.nombre for one in idea.gommettes.all()]
    gates = [(one.critere, one.reponse) for one in idea.filtres.all()]
    return Progress(idea, gates, list(idea.objections.all()), sum(dots), len(dots))


@transaction.atomic
def object_to(*, by: User, idea: Idee, texte: str, now: datetime) -> Objection:
    """Note an objection said in the consent round."""
    check(by, Permission.STEER, idea.axe.seance.organisation)
    refuse_personal(texte)
    row = Objection(idee=idea, texte=" ".join(texte.split()), dite_le=now)
    clean(row)
    row.save(force_insert=True)
    return row


@transaction.atomic
def answer_objection(*, by: User, objection: Objection, reponse: str, levee: bool) -> None:
    """What was answered, and whether whoever objected lifts the objection."""
    check(by, Permission.STEER, objection.idee.axe.seance.organisation)
    if levee and not reponse.strip():
        raise CooperationError("Une objection levée a eu sa réponse : écrivez-la.")
    refuse_personal(reponse)
    objection.reponse, objection.levee = reponse.strip(), levee
    clean(objection)
    objection.save()


@transaction.atomic
def open_vote(*, by: User, seance: Seance, opened: bool, now: datetime) -> None:
    """Open or end the vote by dots."""
    check(by, Permission.STEER, seance.organisation)
    seance.vote_ouvert = opened
    seance.save(update_fields=["vote_ouvert"])
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)


@transaction.atomic
def put_dots(*, idea: Idee, voix: str, nombre: int) -> int:
    """Dots of a phone on an idea, in place of those it had there; how many it has left.

    Raises CooperationError beyond the cap of the session, or where the idea is not ready.
    """
    # Locked, so that two requests of a phone do not both find the same dots left.
    seance = Seance.objects.select_for_update().get(pk=idea.axe.seance_id)
    if not (seance.is_open and seance.vote_ouvert):
        raise CooperationError("Le vote par gommettes n'est pas ouvert.")
    if not progress_of(idea).ready:
        raise CooperationError("Cette idée n'a pas passé les filtres et le tour de consentement.")
    mine = Gommette.objects.filter(voix=voix, idee__axe__seance=seance)
    elsewhere = mine.exclude(idee=idea).aggregate(n=Sum("nombre"))["n"] or 0
    if not 0 <= nombre <= seance.gommettes - elsewhere:
        raise CooperationError(
            f"Vous avez {seance.gommettes} gommettes en tout, dont {elsewhere} sur d'autres idées."
        )
    if nombre == 0:
        mine.filter(idee=idea).delete()
    else:
        Gommette.objects.update_or_create(idee=idea, voix=voix, defaults={"nombre": nombre})
    return seance.gommettes - elsewhere - nombre


@transaction.atomic
def keep_sheet(*, by: User, axe: Axe, table: int, content: bytes, now: datetime) -> FeuilleDeTable:
    """Keep the photograph of the paper of a table, without its metadata."""
    check(by, Permission.STEER, axe.seance.organisation)
    kind, stripped = without_metadata(content)
    row = FeuilleDeTable(axe=axe, table=table, contenu=stripped, nature=kind, prise_le=now)
    clean(row)
    row.save(force_insert=True)
    return row


@transaction.atomic
def tell_situation(
    *, by: User, seance: Seance, prenom: str, recit: str, now: datetime
) -> Situation:
    """A situation under another name, to be looked at from each actor's side."""
    check(by, Permission.STEER, seance.organisation)
    refuse_personal(f"{prenom} {recit}")
    row = Situation(seance=seance, prenom=prenom.strip(), recit=recit.strip())
    clean(row)
    row.save(force_insert=True)
    record(by=by, organisation=seance.organisation, action=Did.CREER, target=row, at=now)
    return row


@transaction.atomic
def look_at(
    *,
    situation: Situation,
    organisation: str,
    college: CollegeDeclare,
    vu: str,
    levier: str,
    now: datetime,
    cle: str | None = None,
) -> Regard:
    """What an organisation sees of a situation, and the lever it says it holds.

    `cle`: drawn by the phone; a look sent twice with it is kept once.
    """
    if not situation.seance.is_open:
        raise CooperationError("Cette séance ne prend pas de contribution en ce moment.")
    known = Regard.objects.filter(cle=cle).first() if cle else None
    if known is not None:
        return known
    refuse_personal(f"{organisation} {vu} {levier}")
    row = Regard(
        situation=situation,
        organisation=organisation.strip(),
        college=college,
        vu=vu.strip(),
        levier=levier.strip(),
        dit_le=now,
        cle=cle,
    )
    clean(row)
    row.save(force_insert=True)
    return row


@transaction.atomic
def pledge_from(
    *,
    by: User,
    regard: Regard,
    action: Action,
    organisation: Organisation,
    quantite: Decimal,
    unite: str,
    pour_le: date,
    now: datetime,
) -> Engagement:
    """Propose as a commitment the lever that somebody said they hold; the organisation confirms."""
    if not regard.levier:
        raise CooperationError("Personne n'a dit de levier ici : il n'y a rien à promettre.")
    if regard.engagement_id is not None:
        raise CooperationError("Ce levier est déjà devenu un engagement.")
    if action.axe.seance_id != regard.situation.seance_id:
        raise CooperationError("Cette action est d'une autre séance.")
    row = propose_commitment(
        by=by,
        action=action,
        organisation=organisation,
        quoi=regard.levier,
        quantite=quantite,
        unite=unite,
        pour_le=pour_le,
        now=now,
    )
    regard.engagement = row
    regard.save(update_fields=["engagement"])
    return row


def by_side(situation: Situation) -> Sequence[tuple[str, list[Regard]]]:
    """What is seen of a situation, college by college; a college without a word is there too."""
    seen = list(situation.regards.select_related("engagement"))
    return [(one.label, [row for row in seen if row.college == one]) for one in CollegeDeclare]
