"""Voices of a vote: drawn by the site, signed, given once, no more of them than people present.

A phone keeps its voice in a signed cookie. Opinions and dots keep a digest of it, under the secret
of the site: the database alone does not link them to a phone, nor to a badge.
"""

import secrets
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.utils.crypto import salted_hmac

from ..models import Invite, Seance, Voix
from ..operations import CooperationError
from .attendance import n_present

SALT = "traitdunion.cooperation.voice"
# Voices of a session that notes no arrival, sets no number of places and has no list of guests.
UNKNOWN_CEILING = 150


def ceiling(seance: Seance) -> int:
    """Return how many voices a session may give: those present, else those awaited."""
    present = n_present(seance)
    if present or seance.voix_par_badge:
        return present
    return max(seance.invites.expected().count(), seance.places or 0) or UNKNOWN_CEILING


def n_given(seance: Seance) -> int:
    return seance.voix.filter(donnee=True).count()


@transaction.atomic
def give_voice(seance: Seance) -> str | None:
    """Return a signed voice for a phone; None where as many were given as may be."""
    seance = Seance.objects.select_for_update().get(pk=seance.pk)
    if seance.voix_par_badge:
        return None
    return _give(seance)


@transaction.atomic
def give_voice_for(guest: Invite, *, now: datetime) -> str:
    """Return a signed voice for a guest who arrived, once. Raises CooperationError.

    That they had one is kept, never which.
    """
    seance = Seance.objects.select_for_update().get(pk=guest.seance_id)
    guest = Invite.objects.select_for_update().get(pk=guest.pk)
    if not seance.is_open_at(now):
        raise CooperationError("La séance n'est pas ouverte : revenez quand elle le sera.")
    if guest.arrive_le is None:
        raise CooperationError("Faites d'abord noter votre arrivée à l'accueil.")
    if guest.voix_donnee:
        raise CooperationError(
            "Ce badge a déjà servi à voter. Si ce n'est pas par vous, dites-le à l'accueil."
        )
    token = _give(seance)
    if token is None:
        raise CooperationError("Toutes les voix des présents sont données : voyez l'accueil.")
    guest.voix_donnee = True
    guest.save(update_fields=["voix_donnee"])
    return token


def _give(seance: Seance) -> str | None:
    allowed = ceiling(seance)
    given = n_given(seance)
    if given >= allowed:
        return None
    drawn = seance.voix.count()
    if drawn < allowed:
        Voix.objects.bulk_create(
            Voix(cle=secrets.token_hex(16), seance=seance) for _ in range(allowed - drawn)
        )
    # Any of those left, so that the order of the rows is not that of the arrivals.
    free = list(seance.voix.filter(donnee=False).values_list("cle", flat=True))
    key = secrets.choice(free)
    Voix.objects.filter(pk=key).update(donnee=True)
    return signing.dumps([seance.pk, key], salt=SALT)


def read_voice(token: str, *, seance: Seance) -> str:
    """Return the digest under which a voice votes; empty where the token is not the site's."""
    try:
        of, key = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    if of != seance.pk or not seance.voix.filter(pk=key, donnee=True).exists():
        return ""
    return salted_hmac(SALT, f"{of}:{key}", algorithm="sha256").hexdigest()[:32]


def author_digest(phone: str, *, seance: Seance) -> str:
    """Return the digest that marks what a phone sent, which its votes do not bear."""
    if not phone:
        return ""
    digest = salted_hmac("traitdunion.cooperation.author", f"{seance.pk}:{phone}",
                         algorithm="sha256")  # fmt: skip
    return digest.hexdigest()[:32]
