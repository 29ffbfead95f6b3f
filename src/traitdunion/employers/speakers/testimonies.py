"""Testimonies: written by their author's link, read by a moderator, withdrawn at once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import forms
from django.db import transaction
from django.utils import timezone

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check
from traitdunion.cooperation.forms import day_field
from traitdunion.cooperation.operations import CooperationError, clean, refuse_personal

from ..enums import Categorie, EtatTemoignage, Public, Signature, Support, Usage
from ..errors import EmployersError
from ..models import Consentement, Intervenant, Temoignage
from ..models.testimonies import MAX_WORDS

MAX_OPEN = 3
"""Testimonies of a person that wait or are published."""
REFUSED_KEPT = timedelta(days=30)
"""A refused testimony stays for its author to read why."""
NEEDS_CONSENT = (
    "Il faut d'abord votre accord pour publier un témoignage, devant tout le monde, sur le site : "
    "votre intermédiaire l'enregistre avec vous."
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a testimony. `metier`: "" where it is about none."""

    texte: str
    signature: Signature
    expire_le: date
    metier: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A testimony as everybody reads it: its words, and who signs, in French."""

    texte: str
    signed: str
    metier: str


def may_publish(speaker: Intervenant, on: date) -> Consentement | None:
    """Return the consent under which the words of a person may be published; None without one."""
    rows = speaker.consentements.in_force(on).filter(
        usage=Usage.TEMOIGNAGE, public=Public.TOUS, support=Support.SITE
    )
    return rows.first()


@transaction.atomic
def write(*, speaker: Intervenant, words: Words, now: datetime) -> Temoignage:
    """Keep a testimony written by its author's link; a moderator is the first to read it."""
    row = Intervenant.objects.select_for_update(of=("self",)).get(pk=speaker.pk)
    today = timezone.localdate(now)
    agreed = may_publish(row, today)
    if row.retire_le is not None or agreed is None:
        raise EmployersError(NEEDS_CONSENT)
    if not today <= words.expire_le <= agreed.expire_le:
        raise EmployersError(
            f"Votre accord va jusqu'au {agreed.expire_le:%d/%m/%Y} : choisissez un jour d'ici là."
        )
    if row.temoignages.exclude(etat=EtatTemoignage.REFUSE).count() >= MAX_OPEN:
        raise EmployersError(f"{MAX_OPEN} témoignages à la fois : retirez-en un d'abord.")
    made = Temoignage(
        intervenant=row, texte=words.texte.strip(), metier=" ".join(words.metier.split()),
        signature=words.signature, expire_le=words.expire_le, ecrit_le=now,
    )  # fmt: skip
    try:
        refuse_personal(f"{made.texte} {made.metier}")
        clean(made)
    except CooperationError as refused:
        raise EmployersError(str(refused)) from refused
    made.save(force_insert=True)
    record(by=None, organisation=row.organisation, action=Did.CREER, target=made, at=now)
    return made


@transaction.atomic
def moderate(
    *, by: User, organisation: Organisation, key: int, refused_for: str, now: datetime
) -> Temoignage:
    """Publish a testimony (`refused_for` empty), or refuse it, or take it down, for a reason."""
    check(by, Permission.KEEP_SPEAKERS, organisation)
    rows = Temoignage.objects.select_for_update(of=("self",)).exclude(etat=EtatTemoignage.REFUSE)
    row = rows.filter(pk=key, intervenant__organisation=organisation).first()
    if row is None:
        raise EmployersError("Ce témoignage a été retiré par son auteur, ou déjà refusé.")
    row.motif = " ".join(refused_for.split())
    row.etat = EtatTemoignage.REFUSE if row.motif else EtatTemoignage.PUBLIE
    row.relu_le, row.relu_par = now, by
    try:
        clean(row)
    except CooperationError as refused:
        raise EmployersError(str(refused)) from refused
    row.save()
    did = Did.REFUSER if row.motif else Did.PUBLIER
    record(by=by, organisation=organisation, action=did, target=row, at=now)
    return row


@transaction.atomic
def withdraw_one(*, speaker: Intervenant, key: int, now: datetime) -> None:
    """Delete one testimony by the link of its author."""
    row = speaker.temoignages.filter(pk=key).first()
    if row is None:
        raise EmployersError("Ce témoignage n'est plus là.")
    record(by=None, organisation=speaker.organisation, action=Did.RETIRER, target=row, at=now)
    row.delete()


def forget_testimonies(*, now: datetime) -> int:
    """Delete those that ended, and those refused long enough ago; return how many."""
    n = Temoignage.objects.filter(expire_le__lt=timezone.localdate(now)).delete()[0]
    refused = Temoignage.objects.filter(etat=EtatTemoignage.REFUSE, relu_le__lt=now - REFUSED_KEPT)
    return n + refused.delete()[0]


def shown(row: Temoignage) -> Shown:
    """Return a testimony read with `with_names` as everybody may read it."""
    category = Categorie(row.intervenant.statut).label.lower()
    name = row.intervenant.pseudonyme if row.is_named else ""  # type: ignore[attr-defined]
    return Shown(row.texte, f"{name} ({category})" if name else category.capitalize(), row.metier)


class TestimonyForm(forms.Form):
    """Read a testimony and how its author signs."""

    texte = forms.CharField(
        label="Ce que vous voulez dire", max_length=MAX_WORDS,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Sans nom de personne ni d'entreprise, sans numéro ni adresse.",
    )  # fmt: skip
    metier = forms.CharField(
        label="Métier dont il s'agit", max_length=100, required=False,
        help_text="Vide : aucun en particulier.",
    )  # fmt: skip
    signature = forms.ChoiceField(
        label="Signé", choices=Signature, initial=Signature.CATEGORIE, widget=forms.RadioSelect
    )
    expire_le = day_field("Publié jusqu'au", required=True)

    def words(self) -> Words:
        """Return the words of a valid form."""
        given = self.cleaned_data
        return Words(given["texte"], Signature(given["signature"]), given["expire_le"],
                     given["metier"])  # fmt: skip
