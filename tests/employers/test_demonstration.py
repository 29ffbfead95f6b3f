"""The club of demonstration: its public page and its pool are not empty."""

import html
from datetime import UTC, datetime

import pytest
import yaml
from django.urls import reverse

from traitdunion.accounts.operations import load_demonstration as load_accounts
from traitdunion.demonstration.employers import POSTS, load_demonstration
from traitdunion.demonstration.set_up import ACCOUNTS
from traitdunion.employers.models import Club, FichierMetiers, GroupeTravail, Intervenant, Rencontre
from traitdunion.employers.occupations.search import Occupation, occupation_named
from traitdunion.french.pages import without_breaks_in_page

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.mark.django_db
def test_the_club_has_its_meetings_a_group_and_the_pool_two_speakers_once(client, time_machine):
    time_machine.move_to(NOW)
    load_accounts(yaml.safe_load(ACCOUNTS.read_text("utf-8")), password="un mot de passe long")
    for _ in range(2):
        load_demonstration(now=NOW)
    assert (Rencontre.objects.count(), Intervenant.objects.count()) == (3, 2)
    group = GroupeTravail.objects.get()
    assert group.rencontres.get().titre == "Séance : le premier matin"
    page = client.get(reverse("employers:club", kwargs={"slug": Club.objects.get().pk}))
    assert "Horaires et trajets" in page.content.decode()
    assert without_breaks_in_page(group.question) in html.unescape(page.content.decode())
    link = reverse(
        "employers:organiser",
        kwargs={"token": Rencontre.objects.get(titre="Horaires et trajets").token},
    )
    assert "Temps prévu" in client.get(link).content.decode()
    assert FichierMetiers.objects.get().demonstration
    for _, _, rome, title, _, _ in POSTS:
        assert occupation_named(title) == Occupation(rome, title)
