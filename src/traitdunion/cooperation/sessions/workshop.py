"""Writes between an idea and a decision: consent, dots with a cap, sheets, situations, levers."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from ..enums import CollegeDeclare, Etape, EtatPropos
from ..models import (
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
from ..operations import CooperationError, clean, refuse_personal
from ..roadmap.operations import Pledge, propose_commitment
from . import moderation
from .deliberation import progress_of
from .photographs import without_metadata


@transaction.atomic
def object_to(*, by: User, idea: Idee, texte: str, now: datetime) -> Objection:
    """Record an objection raised in the consent round."""
    check(by, Permission.STEER, idea.axe.seance.organisation)
    refuse_personal(texte)
    row = Objection(idee=idea, texte=" ".join(texte.split()), dite_le=now)
    clean(row)
    row.save(force_insert=True)
    return row


@transaction.atomic
def answer_objection(*, by: User, objection: Objection, reponse: str, levee: bool) -> None:
    """Record the answer to an objection, and whether the objector lifts it."""
    check(by, Permission.STEER, objection.idee.axe.seance.organisation)
    if not objection.is_shown:
        raise CooperationError("Les mots de cette objection sont retirés : rien n'a changé.")
    if levee and not reponse.strip():
        raise CooperationError("Une objection levée a eu sa réponse : écrivez-la.")
    refuse_personal(reponse)
    objection.reponse, objection.levee = reponse.strip(), levee
    clean(objection)
    objection.save()


@transaction.atomic
def open_vote(*, by: User, seance: Seance, opened: bool, now: datetime) -> None:
    """Open or end the vote by dots; while it runs, its result is shown to no one."""
    check(by, Permission.STEER, seance.organisation)
    seance.vote_ouvert = opened
    if opened:
        seance.vote_revele, seance.etape = False, Etape.GOMMETTES
    seance.save(update_fields=["vote_ouvert", "vote_revele", "etape"])
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)


@transaction.atomic
def reveal_vote(*, by: User, seance: Seance, now: datetime) -> None:
    """Show the result of the vote to the room, once it has ended."""
    check(by, Permission.STEER, seance.organisation)
    if seance.vote_ouvert:
        raise CooperationError("Fermez d'abord le vote : le résultat se montre ensuite.")
    seance.vote_revele = True
    seance.save(update_fields=["vote_revele"])
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)


@transaction.atomic
def put_dots(*, idea: Idee, voix: str, nombre: int, now: datetime) -> int:
    """Replace the dots of a voice on an idea; return how many it has left.

    Raises CooperationError beyond the cap of the session, or where the idea is not ready: dots
    already there may then only be taken back.
    """
    if not voix:
        raise CooperationError(
            "Ce téléphone n'a pas de voix : il n'y en a pas plus que de présents. Voyez l'accueil."
        )
    # Locked, so that two requests of a phone do not both find the same dots left.
    seance = Seance.objects.select_for_update().get(pk=idea.axe.seance_id)
    if not (seance.is_open_at(now) and seance.vote_ouvert):
        raise CooperationError("Le vote par gommettes n'est pas ouvert.")
    mine = Gommette.objects.filter(voix=voix, idee__axe__seance=seance)
    here = mine.filter(idee=idea).aggregate(n=Sum("nombre"))["n"] or 0
    if nombre > here and (not idea.is_shown or idea.suites.exists()):
        raise CooperationError("Cette idée n'est plus là : rechargez la page.")
    if nombre > here and not progress_of(idea).ready:
        raise CooperationError(
            "Cette idée n'a pas passé les filtres et le tour de consentement : on peut y "
            "reprendre ses gommettes, pas en ajouter."
        )
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
    """Keep the photograph of the paper of a table, encoded again without its metadata."""
    check(by, Permission.STEER, axe.seance.organisation)
    kind, stripped = without_metadata(content)
    row = FeuilleDeTable(axe=axe, table=table, contenu=stripped, nature=kind, prise_le=now)
    clean(row)
    row.save(force_insert=True)
    return row


@dataclass(frozen=True)
class Post:
    """The post of a situation, to look for its levers: codes INSEE and hours, all or none."""

    domicile: str = ""
    travail: str = ""
    debut: time | None = None
    fin: time | None = None


NO_POST = Post()


@transaction.atomic
def add_situation(
    *, by: User, seance: Seance, prenom: str, recit: str, now: datetime, post: Post = NO_POST
) -> Situation:
    """Add a situation under another name, to be looked at from each actor's side."""
    check(by, Permission.STEER, seance.organisation)
    refuse_personal(f"{prenom} {recit}")
    row = Situation(
        seance=seance, prenom=prenom.strip(), recit=recit.strip(), **asdict(post),
    )  # fmt: skip
    if post != NO_POST and not row.has_a_job:
        raise CooperationError(
            "Pour chercher les leviers, donnez le domicile, le travail, le début et la fin."
        )
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
    auteur: str = "",
) -> Regard:
    """Record what an organisation sees of a situation, and the lever it holds.

    `cle`: drawn by the phone; a look sent twice with it is kept once. `auteur`: digest of
    the phone.
    """
    if not situation.seance.is_open_at(now):
        raise CooperationError("Cette séance ne prend pas de contribution en ce moment.")
    known = Regard.objects.filter(cle=cle).first() if cle else None
    if known is not None:
        return known
    if not situation.is_shown:
        raise CooperationError("Cette situation n'est plus montrée : rechargez la page.")
    refuse_personal(f"{organisation} {vu} {levier}")
    row = Regard(
        situation=situation,
        organisation=organisation.strip(),
        college=college,
        vu=vu.strip(),
        levier=levier.strip(),
        dit_le=now,
        cle=cle,
        auteur=auteur,
    )
    clean(row)
    row.save(force_insert=True)
    moderation.keep_waiting(row, now=now)
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
    """Propose a lever as a commitment; its organisation confirms it."""
    if not regard.is_shown:
        raise CooperationError("Ces mots ne sont pas montrés : relisez-les d'abord.")
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
        now=now,
        pledge=Pledge(quoi=regard.levier, quantite=quantite, unite=unite, pour_le=pour_le),
    )
    regard.engagement = row
    regard.save(update_fields=["engagement"])
    return row


def by_side(situation: Situation) -> Sequence[tuple[str, list[Regard]]]:
    """Return what is seen of a situation, college by college, those without a word included."""
    looks = [row for row in situation.regards.all() if row.propos == EtatPropos.MONTRE]
    return [
        (college.label, [row for row in looks if row.college == college])
        for college in CollegeDeclare
    ]
