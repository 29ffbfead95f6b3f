"""A wrong clock must not erase for good: what deletes checks it against its own last run.

What people do is no reference: under a wrong clock, a person who signs in records the wrong moment.
Only the commands that erase write `ErasureRun`, once they have accepted the moment. On a site where
none ran yet, the latest record stands for it.
"""

from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format

from .models import Access, ErasureRun, OutgoingMessage, User

# The commands run each day. A machine stopped for a fortnight is confirmed by hand.
MAX_BETWEEN_RUNS = timedelta(days=15)
# Before the first run: people sign in each week, holidays included.
MAX_SILENCE = timedelta(days=60)
# Time zones and a clock set again by its server.
MAX_BACK = timedelta(days=1)
MAX_USUAL_ERASURE = 20
CONFIRM = "Si c'est voulu, ajoutez --sure."


class SuspiciousClock(ValueError):
    """What would be erased, or the moment, is unusual; the French message names what to check."""


def check_clock(now: datetime, command: str) -> None:
    """Raise SuspiciousClock where `now` is far from the last run of a command, or before it.

    A site that recorded nothing yet has nothing to lose.
    """
    run = ErasureRun.objects.filter(pk=command).first()
    if run is not None:
        is_wrong = not -MAX_BACK <= now - run.at <= MAX_BETWEEN_RUNS
        since, what = run.at, "le dernier passage de cette commande est du"
    else:
        last = last_record()
        if last is None:
            return
        is_wrong = now - last > MAX_SILENCE
        since, what = last, "rien n'est enregistré depuis le"
    if is_wrong:
        raise SuspiciousClock(
            f"Nous serions le {_french_date(now)}, mais {what} {_french_date(since)} : rien n'est "
            f"effacé. Vérifiez l'horloge de la machine. {CONFIRM}"
        )


def keep_run(now: datetime, command: str) -> None:
    """Record that a command erased what was due at a moment that was accepted."""
    ErasureRun.objects.update_or_create(command=command, defaults={"at": now})


def check_share(n_due: int, n_all: int, what: str) -> None:
    """Raise SuspiciousClock where more than a fifth of rows, and more than twenty, would go."""
    if n_due > MAX_USUAL_ERASURE and n_due * 5 > n_all:
        raise SuspiciousClock(
            f"{n_due} {what} sur {n_all} seraient effacés d'un coup : rien n'est effacé. Vérifiez "
            f"l'horloge de la machine et les durées réglées. {CONFIRM}"
        )


def last_record() -> datetime | None:
    """Return the latest moment that the site recorded; None in a new one."""
    moments = (
        Access.objects.aggregate(last=Max("at"))["last"],
        OutgoingMessage.objects.aggregate(last=Max("created_at"))["last"],
        User.objects.aggregate(last=Max("last_login"))["last"],
    )
    return max((moment for moment in moments if moment is not None), default=None)


def _french_date(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j F Y")
