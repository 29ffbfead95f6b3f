"""Write the project of an OFS: its dates, its points, its documents, its partners."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from ..enums import EtatApport, EtatPiece, FormeOfs, GenreApport, NaturePartenaire
from ..errors import HousingError
from ..leases.operations import clean
from ..models import Apport, DocumentAgrement, PartenaireOfs, PieceAgrement, Projet
from .points import points

LARGEST = 10_000_000
PDF = b"%PDF-"


@transaction.atomic
def keep_project(
    *, by: User, organisation: Organisation, forme: FormeOfs, now: datetime, **fields: Any
) -> Projet:
    """Keep what is known of a project; a file reported complete is so by a proof."""
    check(by, Permission.STUDY_OPERATIONS, organisation)
    known = Projet.objects.filter(pk=organisation.pk).first()
    row = known or Projet(organisation=organisation)
    row.forme = forme
    for name, value in fields.items():
        setattr(row, name, value)
    for name in ("avis_le", "depose_le", "complet_le", "agree_le"):
        on = getattr(row, name)
        if on is not None and on > timezone.localdate(now):
            raise HousingError("Une de ces dates n'est pas encore venue.")
    if row.complet_le and not row.complet_preuve.strip():
        raise HousingError("Sans preuve que le dossier est complet, pas de date.")
    if row.agree_le and not row.arrete.strip():
        raise HousingError("Un agrément a son arrêté : le silence n'agrée pas.")
    if known is None:
        clean(row)
    row.save()
    action = Action.CREER if known is None else Action.MODIFIER
    record(by=by, organisation=organisation, action=action, target=row, at=now)
    return row


@transaction.atomic
def keep_point(
    *,
    by: User,
    projet: Projet,
    point: int,
    etat: EtatPiece,
    responsable: str,
    remarque: str,
    now: datetime,
) -> PieceAgrement:
    """Keep the state of a point of the file, and who brings it."""
    check(by, Permission.STUDY_OPERATIONS, projet.organisation)
    if point not in points():
        raise HousingError("Ce point n'est pas dans l'article R.329-7.")
    row, _ = PieceAgrement.objects.update_or_create(
        projet=projet, point=point,
        defaults={"etat": etat, "responsable": responsable.strip(), "remarque": remarque.strip()},
    )  # fmt: skip
    record(by=by, organisation=projet.organisation, action=Action.MODIFIER, target=row, at=now)
    return row


@transaction.atomic
def add_document(
    *, by: User, projet: Projet, point: int, titre: str, contenu: bytes, now: datetime
) -> DocumentAgrement:
    """Add a PDF to a point; the same file twice is refused."""
    check(by, Permission.STUDY_OPERATIONS, projet.organisation)
    if point not in points():
        raise HousingError("Ce point n'est pas dans l'article R.329-7.")
    if not contenu.startswith(PDF):
        raise HousingError("Ce fichier n'est pas un PDF.")
    if len(contenu) > LARGEST:
        raise HousingError("Ce fichier passe dix mégaoctets.")
    piece, _ = PieceAgrement.objects.get_or_create(projet=projet, point=point)
    digest = hashlib.sha256(contenu).hexdigest()
    if piece.documents.filter(sha256=digest).exists():
        raise HousingError("Ce document est déjà là.")
    row = DocumentAgrement(
        piece=piece, titre=titre.strip(), contenu=contenu, sha256=digest, depose_le=now, par=by
    )
    clean(row)
    row.save(force_insert=True)
    record(by=by, organisation=projet.organisation, action=Action.CREER, target=row, at=now)
    return row


@dataclass(frozen=True, slots=True)
class Partner:
    """What is known of a partner: what it asks for, the agreement signed with it and its day."""

    nature: NaturePartenaire
    nom: str
    demande: str = ""
    convention: str = ""
    convention_le: date | None = None


@transaction.atomic
def keep_partner(
    *,
    by: User,
    projet: Projet,
    partner: Partner,
    now: datetime,
    partenaire: PartenaireOfs | None = None,
) -> PartenaireOfs:
    """Add a partner, or change what is known of it (`partenaire`)."""
    check(by, Permission.STUDY_OPERATIONS, projet.organisation)
    if partner.convention_le is not None and partner.convention_le > timezone.localdate(now):
        raise HousingError("Cette date n'est pas encore venue.")
    row = partenaire or PartenaireOfs(projet=projet)
    row.nature, row.nom, row.demande = partner.nature, partner.nom.strip(), partner.demande.strip()
    row.convention, row.convention_le = partner.convention.strip(), partner.convention_le
    clean(row)
    row.save()
    record(by=by, organisation=projet.organisation, action=Action.MODIFIER, target=row, at=now)
    return row


@transaction.atomic
def add_contribution(
    *,
    by: User,
    partenaire: PartenaireOfs,
    genre: GenreApport,
    quoi: str,
    montant_centimes: int | None,
    etat: EtatApport,
    depuis: date,
    now: datetime,
) -> Apport:
    """Add what a partner brings; without a signed convention, it is only pledged."""
    organisation = partenaire.projet.organisation
    check(by, Permission.STUDY_OPERATIONS, organisation)
    if depuis > timezone.localdate(now):
        raise HousingError("Cette date n'est pas encore venue.")
    if etat != EtatApport.PROMIS and partenaire.convention_le is None:
        raise HousingError("Rien n'est signé avec ce partenaire : l'apport reste promis.")
    row = Apport(
        partenaire=partenaire, genre=genre, quoi=quoi.strip(), montant_centimes=montant_centimes,
        etat=etat, depuis=depuis,
    )  # fmt: skip
    clean(row)
    row.save(force_insert=True)
    record(by=by, organisation=organisation, action=Action.CREER, target=row, at=now)
    return row
