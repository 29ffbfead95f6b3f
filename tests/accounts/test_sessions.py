"""Where a person is signed in: they see it, and end what they left open."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from tests.accounts.conftest import PASSWORD
from traitdunion.accounts.models import OpenSession

pytestmark = pytest.mark.django_db
PAGE = "/mon-espace/connexions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0) Gecko Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 19) AppleWebKit Safari/604.1"


def signed_in(person, browser) -> Client:
    client = Client(headers={"user-agent": browser})
    client.post("/compte/connexion/", {"login": person.email, "password": PASSWORD})
    return client


@pytest.fixture
def person(people):
    return people["conseiller", "ici"]


@pytest.fixture
def at_the_desk(person):
    return signed_in(person, FIREFOX)


@pytest.fixture
def on_the_phone(person):
    return signed_in(person, SAFARI)


def opens(client) -> bool:
    return client.get("/mon-espace/").status_code == 200


def test_a_person_sees_their_sessions_and_no_key_of_theirs(person, at_the_desk, on_the_phone):
    page = at_the_desk.get(PAGE).content.decode()
    assert re.search(r"Firefox, Windows, depuis le .* \(ici\)", page)
    assert "Safari, iPhone, depuis le" in page
    keys = OpenSession.objects.filter(user=person).values_list("session_key", flat=True)
    assert len(keys) == 2
    assert not [key for key in keys if key in page]


def test_one_is_ended_and_the_others_stay(person, at_the_desk, on_the_phone):
    page = at_the_desk.get(PAGE).content.decode()
    (reference,) = re.findall(r'name="session" value="([0-9a-f]{16})"', page)
    at_the_desk.post(PAGE, {"session": reference})
    assert not opens(on_the_phone)
    assert opens(at_the_desk)


def test_all_the_others_are_ended_at_once(person, at_the_desk, on_the_phone):
    third = signed_in(person, "curl")
    at_the_desk.post(PAGE)
    assert [opens(client) for client in (at_the_desk, on_the_phone, third)] == [True, False, False]


def test_nobody_ends_the_session_of_another_person(people, person, at_the_desk):
    page = at_the_desk.get(PAGE).content.decode()
    other = signed_in(people["mms", "ici"], FIREFOX)
    assert "Terminer toutes" not in page
    row = OpenSession.objects.get(user=person)
    from traitdunion.accounts.sessions import reference_of

    other.post(PAGE, {"session": reference_of(row.session_key)})
    assert opens(at_the_desk)


def test_whoever_takes_part_without_an_account_has_a_session_of_nobody(client):
    session = client.session
    session["openid_waiting"] = {}
    session.save()
    assert OpenSession.objects.get().user is None


def test_a_session_that_is_over_is_not_shown(person, at_the_desk, on_the_phone):
    OpenSession.objects.exclude(session_key=at_the_desk.session.session_key).update(
        expire_date=timezone.now()
    )
    assert "iPhone" not in at_the_desk.get(PAGE).content.decode()
