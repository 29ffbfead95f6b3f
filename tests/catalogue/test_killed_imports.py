"""An import killed at any of its writes leaves nothing behind, and the next one brings all of it.

The deed runs in a forked process with a connection of its own, killed by SIGKILL at a write drawn
at random; `make test` runs the same on PostgreSQL.
"""

import os
import random
import signal
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.db import connection, connections
from openpyxl import Workbook

from tests.catalogue.test_imports import NEW, table
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Access, Membership, Organisation, User
from traitdunion.catalogue.enums import FormatFichier
from traitdunion.catalogue.exchange import applying
from traitdunion.catalogue.exchange.sheets import read_csv
from traitdunion.catalogue.models import Import, Revision, Solution, Structure
from traitdunion.cooperation.models import Action, Axe, Evenement, ImportPlan, Invite, Seance
from traitdunion.cooperation.roadmap.plan_import import applying as plans
from traitdunion.cooperation.roadmap.plan_import.grid import read_workbook
from traitdunion.cooperation.roadmap.plan_import.reading import read_lines
from traitdunion.cooperation.sessions import guests

pytestmark = [
    pytest.mark.django_db(transaction=True), pytest.mark.databases, pytest.mark.threads,
    # The child runs Python only, and ends by a signal or by _exit.
    pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning"),
]  # fmt: skip
NOW = datetime(2026, 6, 19, 9, 0, tzinfo=UTC)
WRITES = ("INSERT", "UPDATE", "DELETE")
MIN_KILLS = 3


@pytest.fixture
def here():
    organisation = Organisation.objects.create(slug="ici", nom="Ici")
    person = User.objects.create(email="ana@ici.example", nom="Ana")
    for role in (Role.EDITEUR, Role.PILOTAGE):
        Membership.objects.create(user=person, organisation=organisation, role=role)
    Structure.objects.create(id="mms", nom="Maison", organisation=organisation)
    seance = Seance.objects.create(
        slug="s", titre="Coopérer", organisation=organisation, tenue_le=date(2026, 6, 19),
        code="ABC234", etat="ouverte",
    )  # fmt: skip
    Axe.objects.create(seance=seance, ordre=1, titre="Mobilité", question="Comment ?")
    return organisation, person, seance


def catalogue(here):
    organisation, person, _ = here
    rows = [NEW | {"nom": f"Scooter {n}"} for n in range(4)]
    row = applying.prepare(
        by=person, organisation=organisation, format=FormatFichier.CSV, nom="essai",
        batch=read_csv(table(*rows)), now=NOW,
    )  # fmt: skip
    return lambda: applying.apply(by=person, row=row, decisions={}, now=NOW)


def plan(here):
    _, person, seance = here
    book, out = Workbook(), BytesIO()
    for line in (["Axe", "Intitulé de l'action"], *(["Mobilité", f"Rouler {n}"] for n in range(4))):
        book.active.append(line)
    book.save(out)
    row = ImportPlan.objects.create(
        seance=seance, nom="plan.xlsx", fichier=out.getvalue(), lu_le=NOW
    )
    previewed = plans.preview(seance, read_lines(read_workbook(bytes(row.fichier))))
    return lambda: plans.apply(row, previewed, by=person, now=NOW)


def guest_list(here):
    _, person, seance = here
    rows = [
        {"nom": f"Ana {n}", "organisation": "Mairie", "college": "collectivites"} for n in range(5)
    ]
    return lambda: guests.add_guests(by=person, seance=seance, rows=rows, now=NOW)


def kept():
    """All that an import may write, the journal included."""
    connection.close()
    return [
        sorted(map(repr, model.objects.values_list()))
        for model in (
            Solution, Revision, Structure, Import, Action, Evenement, Axe, ImportPlan, Invite,
            Access,
        )
    ]  # fmt: skip


def run(deed, *, killed_at=None):
    """Do a deed in a forked process; return how many writes it made, -1 where it was killed."""
    connections.close_all()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        n_writes = 0

        def count(execute, sql, params, many, context):
            nonlocal n_writes
            if sql.startswith(WRITES):
                n_writes += 1
                if n_writes == killed_at:
                    os.kill(os.getpid(), signal.SIGKILL)
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(count):
                deed()
            os.write(writing, str(n_writes).encode())
        finally:
            os._exit(0)
    os.close(writing)
    _, status = os.waitpid(pid, 0)
    with os.fdopen(reading, "rb") as pipe:
        written = pipe.read()
    return -1 if os.WIFSIGNALED(status) else int(written)


@pytest.mark.parametrize("draw", [catalogue, plan, guest_list], ids=lambda draw: draw.__name__)
def test_killed_at_any_write_an_import_leaves_nothing_and_the_next_brings_all(here, draw):
    deed = draw(here)
    before = kept()
    rng, at, n_killed = random.Random(14), 1, 0
    while (n_writes := run(deed, killed_at=at)) < 0:
        assert kept() == before
        n_killed += 1
        # A few early, then further apart, until a run ends by itself.
        at += rng.randint(1, 2) if n_killed < MIN_KILLS else rng.randint(4, 9)
    assert n_killed >= MIN_KILLS
    assert n_writes < at
    after = kept()
    assert after != before
    assert sum(map(len, after)) >= sum(map(len, before)) + 4
