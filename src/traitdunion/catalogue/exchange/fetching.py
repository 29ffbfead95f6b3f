"""Reading the feed at an address, outside the request that gives it: its site may be slow."""

import threading
from datetime import datetime, timedelta

from django.db import connections, transaction

from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.permissions import Permission, check
from traitdunion.sources.bounded import clean_text

from ..enums import EtatImport, FormatFichier
from ..models import Import
from ..operations import EditingError
from .batch import FileError
from .gbfs_import import Fetch, read_gbfs_at

MAX_READING = timedelta(minutes=2)
"""After that a reading is over, or was cut by a restart of the site."""


@transaction.atomic
def ask_for_feed(*, by: User, organisation: Organisation, url: str, now: datetime) -> Import:
    """Note an address to read, and read it beside the site once that is written.

    Raises EditingError while another one of the organisation is being read.
    """
    check(by, Permission.EXCHANGE, organisation)
    Organisation.objects.select_for_update().get(pk=organisation.pk)  # two at once: one waits here
    reading = organisation.imports.filter(etat=EtatImport.ATTENDU, at__gt=now - MAX_READING)
    if reading.exists():
        raise EditingError("Un flux est déjà en cours de lecture : attendez qu'il soit lu.")
    row = Import.objects.create(
        organisation=organisation,
        format=FormatFichier.GBFS,
        nom=clean_text(url)[:150],
        content={"url": url},
        etat=EtatImport.ATTENDU,
        at=now,
        by=by,
    )
    transaction.on_commit(lambda: start_reading(row.pk))
    return row


def start_reading(pk: int) -> None:
    """Read a feed in a thread with a database connection of its own."""

    def run() -> None:
        try:
            read_feed(pk)
        finally:
            connections.close_all()

    threading.Thread(target=run, name=f"feed-{pk}", daemon=True).start()


def read_feed(pk: int, fetch: Fetch | None = None) -> None:
    """Fetch the feed of an import and keep its entries, or why it cannot be read."""
    row = Import.objects.get(pk=pk)
    try:
        content = read_gbfs_at(row.content["url"], fetch).as_json()
        etat = EtatImport.PREPARE
    except FileError as refused:
        content, etat = {"problems": refused.problems}, EtatImport.ECHEC
    Import.objects.filter(pk=pk, etat=EtatImport.ATTENDU).update(etat=etat, content=content)


def is_cut(row: Import, *, now: datetime) -> bool:
    """Check whether a reading will never end: the site restarted meanwhile."""
    return row.etat == EtatImport.ATTENDU and now - row.at > MAX_READING
