"""Limits against guessing: shared by processes, kept through floods, never turned on the owner."""

import re
from datetime import timedelta

import pytest
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache, caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.accounts.conftest import PASSWORD
from tests.accounts.test_second_factor import SECRET
from tests.accounts.totp import code_of
from tests.mailbox import delivered
from traitdunion.accounts import limits, retention
from traitdunion.accounts.models import Counter

pytestmark = pytest.mark.django_db
LOGIN = "/compte/connexion/"
HERE, ELSEWHERE = "192.0.2.1", "203.0.113.9"


@pytest.fixture
def owner(people):
    return people["conseiller", "ici"]


def attempt(client: Client, email: str, password: str) -> str:
    """What a sign-in ends in: "in", "wrong", or "wait"."""
    answer = client.post(LOGIN, {"login": email, "password": password})
    if answer.status_code == 302:
        return "in"
    if answer.status_code == 429:
        return "wait"
    return "wait" if "attendez cinq minutes" in answer.content.decode() else "wrong"


def guess(email: str, times: int, *, address: str = ELSEWHERE) -> list[str]:
    return [attempt(Client(REMOTE_ADDR=address), email, f"faux {n}") for n in range(times)]


def test_a_guesser_is_stopped_after_five_passwords(owner):
    assert guess(owner.email, 6) == ["wrong"] * 5 + ["wait"]


def test_guesses_made_elsewhere_do_not_lock_the_owner_out(owner):
    at_the_desk = Client(REMOTE_ADDR=HERE)
    assert attempt(at_the_desk, owner.email, PASSWORD) == "in"
    at_the_desk.post("/compte/deconnexion/")
    # 20 addresses × 5 guesses = the 100 an hour that unknown browsers have together
    for n in range(20):
        assert guess(owner.email, 5, address=f"203.0.113.{n}") == ["wrong"] * 5
    assert guess(owner.email, 1, address="203.0.113.200") == ["wait"]
    assert attempt(Client(REMOTE_ADDR=HERE), owner.email, PASSWORD) == "wait"  # an unknown browser
    assert attempt(at_the_desk, owner.email, PASSWORD) == "in"


def test_a_stolen_browser_is_stopped_too(owner):
    client = Client()
    attempt(client, owner.email, PASSWORD)
    client.post("/compte/deconnexion/")
    assert [attempt(client, owner.email, f"faux {n}") for n in range(11)] == ["wrong"] * 10 + [
        "wait"
    ]


def test_a_browser_known_for_one_person_is_unknown_for_another(owner, people):
    client = Client(REMOTE_ADDR=HERE)
    attempt(client, owner.email, PASSWORD)
    client.post("/compte/deconnexion/")
    other = people["mms", "ici"].email
    assert [attempt(client, other, f"faux {n}") for n in range(6)] == ["wrong"] * 5 + ["wait"]


def test_a_forged_cookie_makes_no_browser_known(owner, settings):
    client = Client()
    client.cookies[settings.TRAITDUNION_DEVICE_COOKIE] = "x:y:z"
    assert [attempt(client, owner.email, f"faux {n}") for n in range(6)][-1] == "wait"


def test_a_new_password_by_mail_opens_again_and_makes_the_browser_known(owner):
    client = Client(REMOTE_ADDR=HERE)
    for n in range(20):
        guess(owner.email, 5, address=f"203.0.113.{n}")
    assert attempt(client, owner.email, PASSWORD) == "wait"
    client.post(reverse("account_reset_password"), {"email": owner.email})
    (link,) = re.findall(r"https?://[^/]+(/compte/mot-de-passe/nouveau/\S+)", delivered()[-1].body)
    form = client.get(link, follow=True)
    new = "une autre phrase assez longue"
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    guess(owner.email, 5)
    assert attempt(client, owner.email, new) == "in"


def test_counts_are_in_the_database_under_keys_that_name_nobody(owner):
    guess(owner.email, 2)
    rows = list(Counter.objects.values_list("cache_key", flat=True))
    assert rows
    assert all(re.fullmatch(r"[0-9a-f]{64}", key) for key in rows)


def test_another_process_counts_the_same(owner):
    guess(owner.email, 5)
    # Another process has its own cache object, with nothing in its memory.
    assert caches.create_connection("default").get("nothing") is None
    key = Counter.objects.values_list("cache_key", flat=True)
    assert key.exists()
    caches["memory"].clear()
    assert guess(owner.email, 1) == ["wait"]


def test_a_flood_of_anonymous_questions_resets_no_count(owner):
    guess(owner.email, 5)
    for n in range(500):  # the memory of a process keeps three hundred
        caches["memory"].add(f"search:{n}", True, 60)
    assert guess(owner.email, 1) == ["wait"]


def test_counters_that_are_over_are_deleted_each_day():
    cache.set("over", 1, 60)
    cache.set("running", 1, 3 * 3600)
    retention.forget_due(now=timezone.now() + timedelta(hours=1))
    assert Counter.objects.count() == 1


def test_a_code_of_an_application_serves_once_as_long_as_it_can_be_computed(owner):
    TOTP.activate(owner, SECRET)
    code = code_of(SECRET)
    first, second = Client(), Client()
    for client in (first, second):
        attempt(client, owner.email, PASSWORD)
    assert first.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    # Half a minute later, django-allauth has forgotten it, and would still take it.
    cache.delete(f"allauth.mfa.totp.used?user={owner.pk}&code={code}")
    assert second.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert Authenticator.objects.filter(user=owner).exists()


# -- what a whole room does at once ----------------------------------------------------------------


def test_a_rate_is_allowed_up_to_its_number_then_again_after_its_time(rf):
    request, start = rf.get("/"), timezone.now()

    def allowed(rate="3/h/ip", *, action="idea", minutes=0, asked=request, key=""):
        return limits.allow(asked, action, rate, now=start + timedelta(minutes=minutes), key=key)

    assert [allowed() for _ in range(5)] == [True] * 3 + [False] * 2
    assert allowed(action="other")
    assert allowed(asked=rf.get("/", REMOTE_ADDR="192.0.2.9"))
    assert allowed("3/h/key", key="a phone")
    assert not allowed(minutes=59)
    assert allowed(minutes=60)
    assert all(re.fullmatch(r"[0-9a-f]{64}", row.pk) for row in Counter.objects.all())


def test_a_use_does_not_wait_for_another_of_the_same_address(rf):
    """django-allauth takes a lock by address, waits one second for it, then refuses."""
    request = rf.get("/")
    rate = "1200/h/ip"
    (parsed,) = ratelimit.parse_rates(rate)
    held = ratelimit.get_cache_key(request, app=limits.APP, action="ideas", rate=parsed, key="")
    cache.add(f"{held}:lock", True, timeout=10)
    assert limits.count(request, "ideas", rate) is None
    assert limits.allow(request, "ideas", rate, now=timezone.now())
