"""Every page asks the database as many questions over many rows as over a few.

Pages come from the resolver, each opened by a role that may; the rows from `tests/large_world.py`.
`make test-lists` asks for a thousand rows, which takes minutes; `make test` asks for fewer.
"""

import os
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.accounts import test_every_address as every_address
from tests.large_world import World
from traitdunion.accounts.models import Invitation
from traitdunion.accounts.operations import hash_of
from traitdunion.accounts.permissions import ROLES_OF
from traitdunion.catalogue.models import Solution
from traitdunion.cooperation.models import (
    AccesSalle,
    Action,
    Engagement,
    Indicateur,
    Invite,
    Relance,
    Seance,
)
from traitdunion.cooperation.roadmap import operations as roadmap
from traitdunion.cooperation.sessions import on_the_spot, room_links
from traitdunion.desk.models import AnswerLink
from traitdunion.employers.models import (
    ContactSite,
    EngagementEmployeur,
    Intervenant,
    Rencontre,
)
from traitdunion.levers.models import Proposition

# At FEW, each of the first rows (`large_world.TEMPLATES`) was copied at each level of the models.
FEW, SOME, MANY = 36, 60, int(os.environ.get("LISTS_ROWS", "120"))
SECRET = "un-secret-assez-long"

OPEN_AT = {
    "catalogue:gbfs": {"key": "velo", "name": "gbfs"},
    "catalogue:solution": {"key": "velo"},
    "catalogue:report-error": {"key": "velo"},
    "cooperation:take-part": {"code": "ABC234"},
    "cooperation:room-state": {"code": "ABC234"},
    "cooperation:commit": {"code": "ABC234"},
    "appointments:notify": {"organisation": "ici"},
    "api:figures_of_indicator": {"indicateur": "W1"},
    "basemap-tile": {"zoom": 8, "x": 130, "y": 91},
    "observatory:territory": {"niveau": "departement", "code": "43"},
    "observatory:table": {"niveau": "departement", "code": "43"},
    "observatory:document": {"niveau": "departement", "code": "43"},
    "observatory:document-odt": {"niveau": "departement", "code": "43"},
    "observatory:data": {"run": "aucun", "name": "chiffres.csv"},
    "cooperation:year": {"year": 2026},
    "cooperation:year-slides": {"year": 2026},
    "employers:club": {"slug": "club"},
    "housing:allocation-rules": {"organisation": "ici"},
    "housing:ask": {"organisation": "ici"},
    "housing:simulator": {"organisation": "ici"},
    "employers:club-feed": {"slug": "club"},
    "api:one_solution": {"key": "velo"},
    "api:as_inclusion": {"key": "velo"},
}
VARIANTS = {
    "cooperation:roadmap": ("?vue=tableau", "?vue=calendrier", "?vue=frise", "?depuis=2026-01-01"),
    "followup:files": ("?clos=1", "?miens=1"),
    "catalogue:solutions": ("?q=velo",),
}
# Five other sessions are shown at most, which have decisions and actions or not.
BOUNDED = {"cooperation:bilan": 6, "cooperation:quality": 6}
# Each member with each other, or with each vote: a committee has tens of seats, not a thousand.
OF_PAIRS = {"cooperation:attendance", "cooperation:meeting"}
# Guarded by django-allauth, which lists nothing of ours.
NOT_OURS = every_address.SECURITY | {
    name for name in every_address.GATES if name.startswith(("account_", "mfa_", "openid_"))
}
# Closed in this world: for want of a network, of what a format needs, of a rule by that name; a
# draft of another person, an orientation that waits for a moderator; an address that redirects;
# a form that the simulator leads to with its answers; what a probe asks of a site without network,
# or with a secret; the tour of a demonstration.
CLOSED = {
    "api:api-root", "api:as_inclusion", "catalogue:flex", "catalogue:gbfs", "desk:aids",
    "desk:question", "desk:seeker-sheet", "desk:sheet", "desk:what-if", "network", "regles:rule",
    "catalogue:draft",
    "followup:answer", "followup:first", "observatory:table", "observatory:document",
    "observatory:data", "basemap-tile", "desk:reach-csv", "desk:reach-geojson",
    "levers:propose-first", "desk:share", "desk:calendar", "components", "ready", "metrics",
    "housing:ask",
    "observatory:document-odt", "housing:letter", "housing:fact-letter", "housing:own-lease",
    "desk:unlock", "levers:note", "employers:site-paper", "employers:site-communes",
    "catalogue:columns", "stats", "tour",
}  # fmt: skip


@pytest.fixture
def arguments(people, now):
    return every_address.arguments_of(people, now)


def seed(now):
    """Publish and open what the table of addresses leaves closed, and let actions live."""
    Seance.objects.update(
        etat="ouverte", ferme_le=datetime(2099, 1, 1, tzinfo=UTC), visibilite="publique",
        visibilite_feuille="publique", vote_ouvert=True,
    )  # fmt: skip
    Solution.objects.update(statut="publie")
    for row in Action.objects.all():
        roadmap.record_event(row, by=None, at=now, commentaire="Avance")
        Indicateur.objects.create(action=row, definition="Places", unite="places", source="S")
    pledge = Engagement.objects.create(
        action=Action.objects.get(), organisation_nom="Garage", courriel="g@garage.example",
        quoi="Prêter", quantite=Decimal(1), unite="vélos", pour_le=now.date(), propose_le=now,
        empreinte=on_the_spot.digest_of(SECRET), etat="confirme", confirme_le=now,
    )  # fmt: skip
    roadmap.record_event(pledge, by=None, at=now, commentaire="Promis")


def know_secrets(now):
    """Give each link of the first world the same secret."""
    Invite.objects.filter(pk=Invite.objects.earliest("pk").pk).update(jeton=SECRET, badge=SECRET)
    Relance.objects.update(empreinte=hash_of(SECRET))
    # One mailbox: the link of its reminder opens its promise too.
    Engagement.objects.filter(empreinte=on_the_spot.digest_of(SECRET)).update(
        courriel=Relance.objects.earliest("pk").adresse
    )
    Invitation.objects.filter(pk=Invitation.objects.earliest("pk").pk).update(
        token_hash=hash_of(SECRET)
    )
    AnswerLink.objects.update(token_hash=hash_of(SECRET), expires_at=now + timedelta(days=900))
    AccesSalle.objects.all().delete()
    for role, secret in (("scribe", SECRET), ("porte", SECRET + "e")):
        AccesSalle.objects.create(
            seance_id="seance", role=role, empreinte=room_links.digest_of(secret), tire_le=now
        )


def visits(arguments, people):
    """Yield every page, as its name, its address and a browser in which it opens."""
    browsers = {None: Client()}
    for name, gate in sorted(every_address.GATES.items()):
        if name in NOT_OURS:
            continue
        given, person = arguments.get(name), people["pilotage", "ici"]
        if gate is not None and gate.by_link:
            secret = SECRET + "e" if name.endswith("door-link") else SECRET
            if name.startswith("cooperation:invitation"):
                secret = Invite.objects.get(jeton=SECRET).secret
            if name == "levers:answer":
                secret = Proposition.objects.get().token
            if name == "employers:organiser":
                secret = Rencontre.objects.earliest("pk").token
            if name == "employers:counts":
                secret = EngagementEmployeur.objects.earliest("pk").token
            if name == "employers:site-answers":
                secret = ContactSite.objects.earliest("pk").token
            if name == "employers:own-word":
                secret = Intervenant.objects.earliest("pk").token
            given, person = {"code" if name.endswith("badge") else "token": secret}, None
        elif gate is not None and gate.by_visibility:
            given = None
        elif gate is not None and gate.permission is not None:
            person = people[sorted(ROLES_OF[gate.permission])[0], "ici"]
        elif gate is None or not gate.signed_in:
            given, person = OPEN_AT.get(name, {}), None
        if person not in browsers:
            browsers[person] = Client()
            browsers[person].force_login(person)
        for variant in ("", *VARIANTS.get(name, ())):
            if gate is not None and gate.by_visibility:
                url = every_address.seen_at(name, arguments)
            else:
                url = reverse(name, kwargs=given)
            yield name + variant, url + variant, browsers[person]


def asked(browser, url):
    """Return the status of a page, and how often it asks each question."""
    caches["memory"].clear()
    browser.get(url)  # what a process asks once is asked here
    questions = Counter()

    def count(execute, sql, *args):
        # How many values a list holds is no other question.
        question = re.sub(r"(\(%s\), )*\(%s\)", "(%s)", re.sub(r"(%s, )*%s", "%s", sql))
        question = re.sub(r'SAVEPOINT "\w+"', "SAVEPOINT", question)  # each has a name of its own
        questions[re.sub(r"(LIMIT|OFFSET) \d+", r"\1", question)] += 1
        return execute(sql, *args)

    with connection.execute_wrapper(count):
        page = browser.get(url)
        if page.streaming:
            b"".join(page.streaming_content)
    return page.status_code, questions


@pytest.mark.django_db
def test_every_page_asks_as_much_over_many_rows_as_over_ten(arguments, people, now):
    seed(now)
    world = World(now)
    know_secrets(now)
    world.grow(FEW)
    pages = list(visits(arguments, people))
    few = {name: asked(browser, url) for name, url, browser in pages}
    closed = {name for name, (status, _) in few.items() if status not in (200, 405)}
    more = {}

    def measure(wanted):
        for name, url, browser in pages:
            if few[name][0] == 200 and (name in OF_PAIRS) == wanted:
                status, content = asked(browser, url)
                assert status == 200, name
                more[name] = {
                    q: (few[name][1][q], n)
                    for q, n in content.items()
                    if n > max(few[name][1][q], BOUNDED.get(name, 0))
                }

    world.grow(SOME)
    measure(True)
    world.grow(MANY)
    measure(False)
    texts = [
        f"{name}: {before} then {after} times {question}"
        for name, questions in more.items()
        for question, (before, after) in questions.items()
    ]
    assert not texts, "\n".join(texts)
    assert closed <= CLOSED
