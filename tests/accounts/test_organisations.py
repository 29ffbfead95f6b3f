"""An administrator creates another organisation on a page, and corrects the name of their own."""

import re

import pytest
from django.core.exceptions import PermissionDenied

from traitdunion.accounts import operations
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Access, Invitation, Membership, Organisation

PAGE = "/organisations/ici/organisations/"
ASKED = {"nom": " Mission  locale fictive ", "administrator": "chef@mission.example"}


def test_an_organisation_is_created_with_its_first_administrator(people, client, mailoutbox):
    client.force_login(people.admin)
    page = client.post(PAGE, ASKED, follow=True).content.decode()
    made = Organisation.objects.get(nom="Mission locale fictive")
    assert made.pk == "mission-locale-fictive"
    assert "Sans administrateur" in page
    (mail,) = mailoutbox
    assert mail.to == ["chef@mission.example"]
    (invitation,) = Invitation.objects.filter(organisation=made)
    assert invitation.role == Role.ADMINISTRATEUR
    # Both journals tell who created it.
    lines = Access.objects.filter(action="creer", target_id=made.pk)
    assert {(line.organisation_id, line.user) for line in lines} == {
        ("ici", people.admin), (made.pk, people.admin),
    }  # fmt: skip


def test_who_creates_an_organisation_gets_no_right_there(people, client):
    client.force_login(people.admin)
    client.post(PAGE, ASKED)
    assert not Membership.objects.filter(organisation="mission-locale-fictive").exists()
    for page in ("membres", "coordonnees", "journal"):
        answer = client.get(f"/organisations/mission-locale-fictive/{page}/")
        assert answer.status_code == 403, page


@pytest.mark.parametrize("nom", ["Ici", "ICI", "ici ", "!!!"])
def test_a_name_that_is_there_or_is_none_is_refused(people, client, nom):
    client.force_login(people.admin)
    n_before = Organisation.objects.count()
    Organisation.objects.filter(pk="ici").update(nom="Ici")
    page = client.post(PAGE, ASKED | {"nom": nom})
    assert page.status_code == 422
    assert Organisation.objects.count() == n_before
    assert not Invitation.objects.exists()


def test_only_an_administrator_creates_one(people, now):
    with pytest.raises(PermissionDenied):
        operations.found_organisation(
            by=people.nobody, organisation=people.ici, nom="Autre", administrator="a@x.example",
            now=now,
        )  # fmt: skip
    assert not Organisation.objects.filter(nom="Autre").exists()


def test_an_organisation_corrects_its_name_and_keeps_its_address(people, client):
    client.force_login(people.admin)
    page = "/organisations/ici/coordonnees/"
    sent = {"nom": "Ici, renommée", "courriel": "accueil@ici.example", "telephone": ""}
    assert client.post(page, sent).status_code == 302
    people.ici.refresh_from_db()
    assert (people.ici.pk, people.ici.nom) == ("ici", "Ici, renommée")
    assert client.post(page, sent | {"nom": ""}).status_code == 422
    assert re.search(r"Ici, renommée", client.get(PAGE).content.decode())
