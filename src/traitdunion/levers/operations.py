"""Writes of the levers: a proposal sent, supported, answered; costs and recipients kept."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from traitdunion.accounts.checks import full_clean
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.outbox.operations import Sender, addresses_of, queue_mail
from traitdunion.accounts.permissions import Permission, check
from traitdunion.accounts.shared_words import check_shared_words

from .changes import Lever
from .enums import Acteur, Confiance, EtatProposition, Nature
from .models import (
    FORM_OF_SEARCH,
    CoutSaisi,
    Destinataire,
    Proposition,
    RechercheTerritoire,
    Soutien,
)
from .recipients import Recipient, recipient_of

SALT = "traitdunion.levers.offered"
OFFERED_VALID_S = 7 * 86_400
MAX_REPLY = 600


class LeverError(ValueError):
    """A refusal, in French."""


@dataclass(frozen=True)
class Offered:
    """A lever as a page offers it, signed so that nothing of it is changed on the way."""

    key: str
    acteur: Acteur
    nature: Nature
    phrase: str
    cout: str
    delai: str
    confiance: Confiance
    territoire: str
    detail: dict[str, Any]


def offer_token(lever: Lever, territoire: str) -> str:
    """Return the signed lever that a link « proposer à » carries; it holds nothing of a person."""
    values = {
        "key": lever.key, "acteur": lever.acteur.value, "nature": lever.nature.value,
        "phrase": lever.sentence, "cout": lever.cost.text, "delai": lever.cost.delay,
        "confiance": lever.confiance.value, "territoire": territoire, "detail": dict(lever.detail),
    }  # fmt: skip
    return sign_offer(values)


def sign_offer(values: dict[str, Any]) -> str:
    """Return the signed form of a lever that a page offers."""
    return signing.dumps(values, salt=SALT, compress=True)


def offered(token: str) -> Offered | None:
    """Return the lever of a link; None where it is wrong or a week old."""
    try:
        values = signing.loads(token, salt=SALT, max_age=OFFERED_VALID_S)
    except signing.BadSignature:
        return None
    values["acteur"] = Acteur(values["acteur"])
    values["nature"] = Nature(values["nature"])
    values["confiance"] = Confiance(values["confiance"])
    return Offered(**values)


def first_message(lever: Offered, n_support: int = 0) -> str:
    """Return the message ready to be sent, which the page lets one change."""
    return render_to_string(
        "levers/mails/message.txt", {"lever": lever, "n_support": n_support}
    ).strip()


@transaction.atomic
def propose(
    *,
    by: User,
    organisation: Organisation,
    lever: Offered,
    message: str,
    site: str,
    now: datetime,
) -> tuple[Proposition, bool]:
    """Send a lever to who can make it, or add one's support; return it, and whether it is new."""
    check(by, Permission.PROPOSE_LEVERS, organisation)
    if not message.strip():
        raise LeverError("Le message est vide : écrivez ce que vous proposez.")
    if lever.acteur == Acteur.PERSONNE:
        raise LeverError("Ce changement se décide avec la personne : il ne s'envoie pas.")
    recipient = recipient_of(lever.acteur, lever.territoire, lever.nature)
    today = timezone.localdate(now)
    known = (
        Proposition.objects.open()
        .select_for_update()
        .filter(cle=lever.key, destinataire=recipient.nom)
        .first()
    )
    if known is not None:
        Soutien.objects.get_or_create(proposition=known, organisation=organisation, le=today)
        return known, False
    row = Proposition(
        cle=lever.key, acteur=lever.acteur, nature=lever.nature, phrase=lever.phrase,
        message=message.strip(), territoire=lever.territoire, cout=lever.cout, delai=lever.delai,
        confiance=lever.confiance, detail=lever.detail, organisation=organisation,
        destinataire=recipient.nom, courriel=recipient.courriel, par_defaut=recipient.by_default,
        envoyee_le=now,
    )  # fmt: skip
    _clean(row)
    row.save(force_insert=True)
    Soutien.objects.create(proposition=row, organisation=organisation, le=today)
    if not recipient.is_paused(today):
        _send(row, recipient, by=by, site=site, now=now)
    return row, True


def _send(row: Proposition, recipient: Recipient, *, by: User, site: str, now: datetime) -> None:
    if row.organisation.demonstration:
        return
    address = site + reverse("levers:answer", kwargs={"token": row.token})
    text = render_to_string("levers/mails/proposal.txt", {"proposal": row, "address": address})
    for to in recipient.mailboxes:
        queue_mail(
            key=f"lever-proposal:{row.pk}",
            to=to,
            subject=f"Une proposition : {row.phrase}"[:200],
            text=text,
            now=now,
            sender=Sender(by=by, organisation=row.organisation),
        )


@transaction.atomic
def reply(
    *, proposal: Proposition, etat: EtatProposition, reponse: str, now: datetime
) -> Proposition:
    """Record the answer of the mailbox, once; a no or a condition has its words."""
    row = Proposition.objects.select_for_update().get(pk=proposal.pk)
    if row.etat != EtatProposition.ENVOYEE:
        raise LeverError("Cette proposition a déjà sa réponse : elle ne change plus ici.")
    if etat not in (EtatProposition.OUI, EtatProposition.CONDITIONS, EtatProposition.NON):
        raise LeverError("Répondez oui, oui à certaines conditions, ou non.")
    words = " ".join(reponse.split())[:MAX_REPLY]
    if etat == EtatProposition.NON and not words:
        raise LeverError("Dites pourquoi c'est non : cela évite de redemander.")
    if etat == EtatProposition.CONDITIONS and not words:
        raise LeverError("Dites à quelles conditions c'est oui.")
    row.etat, row.reponse, row.repondue_le = etat, words, now
    _clean(row)
    row.save()
    _announce(row, now=now)
    return row


def _announce(row: Proposition, *, now: datetime) -> None:
    """Write the answer to every organisation that proposed the lever."""
    asked = Organisation.objects.filter(
        pk__in=row.soutiens.values("organisation"), demonstration=False
    )
    text = render_to_string("levers/mails/answered.txt", {"proposal": row})
    for organisation in asked:
        for to in addresses_of(organisation):
            queue_mail(
                key=f"lever-answer:{row.pk}",
                to=to,
                subject=f"{row.destinataire} a répondu : {row.get_etat_display()}",
                text=text,
                now=now,
                sender=Sender(organisation=organisation),
            )


@transaction.atomic
def withdraw(*, by: User, organisation: Organisation, proposal: Proposition, now: datetime) -> None:
    """Withdraw a proposal that waits: its link then answers so."""
    check(by, Permission.PROPOSE_LEVERS, organisation)
    row = Proposition.objects.select_for_update().get(pk=proposal.pk, organisation=organisation)
    if row.etat != EtatProposition.ENVOYEE:
        raise LeverError("Cette proposition a déjà sa réponse : elle ne se retire plus.")
    row.etat = EtatProposition.RETIREE
    row.save()


@dataclass(frozen=True)
class ReadCost:
    """A cost as its source gives it; no `montant_eur` where it gives none."""

    montant_eur: Decimal | None
    unite: str
    source: str
    lu_le: date
    confiance: str


@transaction.atomic
def keep_cost(
    *, by: User, organisation: Organisation, nature: Nature, cost: ReadCost, now: datetime
) -> CoutSaisi:
    """Keep the cost of a kind of change, with its source; those before stay in the history."""
    check(by, Permission.KEEP_LEVERS, organisation)
    row = CoutSaisi(
        nature=nature, montant_eur=cost.montant_eur, unite=cost.unite.strip() or "€ par an",
        source=cost.source.strip(), lu_le=cost.lu_le, confiance=cost.confiance,
        organisation=organisation, saisi_le=now,
    )  # fmt: skip
    _clean(row)
    row.save(force_insert=True)
    return row


@transaction.atomic
def keep_search(
    resultat: dict[str, Any], *, network: Any, now: datetime, profil: str = "a_pied"
) -> RechercheTerritoire:
    """Keep the levers of the territory for a profile, for its page; those before are deleted."""
    RechercheTerritoire.objects.filter(profil=profil).delete()
    return RechercheTerritoire.objects.create(
        resultat=resultat | {"form": FORM_OF_SEARCH},
        profil=profil,
        reseau=network.label,
        demonstration=network.demonstration,
        calculee_le=now,
    )


@transaction.atomic
def keep_recipient(*, by: User, organisation: Organisation, row: Destinataire) -> Destinataire:
    """Keep who receives the proposals to an actor, on a territory, about a kind of change."""
    check(by, Permission.KEEP_LEVERS, organisation)
    _clean(row)
    row.save()
    return row


@transaction.atomic
def delete_recipient(*, by: User, organisation: Organisation, row: Destinataire) -> None:
    """Delete a recipient: what it would receive then goes to the mailbox of the MMS."""
    check(by, Permission.KEEP_LEVERS, organisation)
    row.delete()


def _clean(row: Any) -> None:
    try:
        check_shared_words(row)
        full_clean(row)
    except ValidationError as wrong:
        raise LeverError(" ".join(wrong.messages)) from wrong
