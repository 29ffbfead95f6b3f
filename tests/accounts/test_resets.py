"""Who may take away what a person signs in with: those who answer for all the files they read."""

import base64
import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from tests.accounts.conftest import PASSWORD
from tests.mailbox import delivered
from traitdunion.accounts import resets
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Access, Membership, ProviderIdentity, SecurityReset
from traitdunion.accounts.operations import AccountsError
from traitdunion.accounts.resets import Kind

pytestmark = pytest.mark.django_db
NEW = "une autre phrase bien longue"
SECRET = base64.b32encode(b"vingt octets, pas un").decode()


@pytest.fixture
def adviser(people, now):
    """An adviser who reads files of `ici`, has both means to sign in, and writes for `ailleurs`."""
    person = people["conseiller", "ici"]
    TOTP.activate(person, SECRET)
    ProviderIdentity.objects.create(
        user=person, issuer="https://fi.example", sub="1", linked_at=now
    )
    return person


@pytest.fixture
def elsewhere(people, adviser):
    """The role of contributor that the adviser has in the other organisation."""
    return Membership.objects.create(
        user=adviser, organisation=people.ailleurs, role=Role.CONTRIBUTEUR
    )


@pytest.fixture
def foreign_admin(people):
    return people["administrateur", "ailleurs"]


def addresses_warned():
    return sorted(mail.to[0] for mail in delivered())


def has(person, kind):
    return {
        Kind.SECOND_FACTOR: Authenticator.objects.filter(user=person),
        Kind.IDENTITY: person.identities.all(),
    }[kind].exists()


@pytest.mark.parametrize("kind", Kind)
def test_who_answers_for_all_the_files_resets_at_once_and_the_person_is_warned(
    kind, people, adviser, elsewhere, now
):
    membership = adviser.memberships.get(organisation=people.ici)
    reset = resets.ask_reset(by=people.admin, membership=membership, kind=kind, now=now)
    assert reset.ended_at == now
    assert not has(adviser, kind)
    assert addresses_warned() == [adviser.email]


@pytest.mark.parametrize("kind", Kind)
def test_another_organisation_only_asks_and_all_concerned_are_warned(
    kind, people, adviser, elsewhere, foreign_admin, now
):
    reset = resets.ask_reset(by=foreign_admin, membership=elsewhere, kind=kind, now=now)
    assert reset.ended_at is None
    assert has(adviser, kind)
    assert addresses_warned() == sorted([adviser.email, people.admin.email])
    lines = Access.objects.filter(action="demander", target_id=str(adviser.pk))
    assert {line.organisation_id for line in lines} == {"ici", "ailleurs"}


@pytest.fixture
def asked(people, elsewhere, foreign_admin, now):
    return resets.ask_reset(
        by=foreign_admin, membership=elsewhere, kind=Kind.SECOND_FACTOR, now=now
    )


def test_it_takes_effect_once_the_organisation_of_the_files_agrees(people, adviser, asked, now):
    assert resets.agree(by=people.admin, reset=asked, organisation=people.ici, now=now)
    assert not has(adviser, Kind.SECOND_FACTOR)
    assert has(adviser, Kind.IDENTITY)


def test_every_organisation_of_files_must_agree(people, adviser, foreign_admin, now):
    # Files here and elsewhere; a third organisation, where the person only writes, asks.
    third = people.ici.__class__.objects.create(slug="tiers", nom="Tiers")
    Membership.objects.create(user=adviser, organisation=people.ailleurs, role=Role.MMS)
    written = Membership.objects.create(user=adviser, organisation=third, role=Role.EDITEUR)
    Membership.objects.create(user=people.nobody, organisation=third, role=Role.ADMINISTRATEUR)
    reset = resets.ask_reset(by=people.nobody, membership=written, kind=Kind.SECOND_FACTOR, now=now)
    assert not resets.agree(by=people.admin, reset=reset, organisation=people.ici, now=now)
    assert has(adviser, Kind.SECOND_FACTOR)
    assert resets.agree(by=foreign_admin, reset=reset, organisation=people.ailleurs, now=now)


def test_it_takes_effect_after_three_days_if_nobody_refuses(adviser, asked, now):
    assert resets.apply_due(now=now + timedelta(days=3, seconds=-1)) == 0
    assert has(adviser, Kind.SECOND_FACTOR)
    assert resets.apply_due(now=now + timedelta(days=3)) == 1
    assert not has(adviser, Kind.SECOND_FACTOR)
    assert resets.apply_due(now=now + timedelta(days=4)) == 0


@pytest.mark.parametrize("who", ["the person", "the organisation of the files"])
def test_who_is_concerned_refuses_and_nothing_is_taken_away(who, people, adviser, asked, now):
    by = adviser if who == "the person" else people.admin
    resets.refuse(by=by, reset=asked, now=now)
    assert resets.apply_due(now=now + timedelta(days=9)) == 0
    assert has(adviser, Kind.SECOND_FACTOR)
    with pytest.raises(AccountsError, match="close"):
        resets.agree(by=people.admin, reset=asked, organisation=people.ici, now=now)


def test_others_neither_agree_nor_refuse(people, asked, foreign_admin, now):
    with pytest.raises(AccountsError, match="ne lit pas"):
        resets.agree(by=foreign_admin, reset=asked, organisation=people.ailleurs, now=now)
    with pytest.raises(PermissionDenied):
        resets.agree(by=people.nobody, reset=asked, organisation=people.ici, now=now)
    with pytest.raises(PermissionDenied):
        resets.refuse(by=people.nobody, reset=asked, now=now)


def test_one_request_at_a_time(elsewhere, foreign_admin, asked, now):
    with pytest.raises(AccountsError, match="attend déjà"):
        resets.ask_reset(by=foreign_admin, membership=elsewhere, kind=Kind.SECOND_FACTOR, now=now)


def button(page: str, words: str) -> str:
    """Address of the form of a page whose button says `words`."""
    forms = re.findall(r'<form method="post" action="([^"]+)">(.*?)</form>', page, re.DOTALL)
    (each_action,) = [action for action, inside in forms if f">{words}" in inside]
    return each_action


def test_pages_show_the_request_to_those_who_may_answer(
    client, people, adviser, elsewhere, foreign_admin
):
    client.force_login(foreign_admin)
    page = client.get("/organisations/ailleurs/membres/").content.decode()
    response = client.post(button(page, "Réinitialiser la double vérification"), follow=True)
    assert "lit aussi des dossiers de Guichet d&#x27;ici" in response.content.decode()
    client.force_login(adviser)
    page = client.get("/mon-espace/").content.decode()
    refusal = button(page, "Refuser")
    client.force_login(people.admin)
    page = client.get("/organisations/ici/membres/").content.decode()
    assert client.post(refusal).status_code == 404  # the person's own
    client.post(button(page, "Accepter"))
    assert not has(adviser, Kind.SECOND_FACTOR)
    assert SecurityReset.objects.get().outcome == "done"


def test_each_change_of_password_or_factor_is_announced(client, people):
    person = people["conseiller", "ici"]
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
        headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"},
    )
    (mail,) = delivered()
    assert mail.to == [person.email]
    assert "votre mot de passe a été changé (Firefox, Windows)" in mail.body
    assert "/compte/mot-de-passe/oubli/" in mail.body
