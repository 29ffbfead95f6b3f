"""Every address that carries a secret: read, tampered with, used twice, used late, guessed."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import mail
from django.core.cache import cache
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from tests.accounts.employers_addresses import employers_with_links
from tests.accounts.housing_addresses import housing_of
from tests.accounts.test_every_address import GATES, ROOT, addresses
from tests.mailbox import delivered
from traitdunion.accounts import operations as accounts
from traitdunion.accounts.access_decorators import MISSES_ALLOWED
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import OutgoingMessage, User
from traitdunion.catalogue import operations as catalogue
from traitdunion.catalogue.models import Structure
from traitdunion.cooperation.enums import RoleSalle
from traitdunion.cooperation.models import Action, Axe, Engagement, Invite, Pilote, Relance, Seance
from traitdunion.cooperation.models.guests import signer
from traitdunion.cooperation.roadmap import reminders
from traitdunion.cooperation.sessions import on_the_spot, room_links
from traitdunion.desk.followup import orientations
from traitdunion.desk.followup.forms import ACCEPT
from traitdunion.desk.followup.operations import Person, open_parcours
from traitdunion.desk.models import AnswerLink, Orientation
from traitdunion.housing.leases.operations import draw_link
from traitdunion.levers.enums import EtatProposition
from traitdunion.levers.models import Proposition

pytestmark = pytest.mark.django_db
NAMES = {
    "accounts:invitation",
    "followup:answer",
    "followup:renew",
    "cooperation:news",
    "cooperation:invitation",
    "cooperation:invitation-ics",
    "cooperation:badge",
    "cooperation:own-commitments",
    "cooperation:scribe-link",
    "cooperation:door-link",
    "levers:answer",
    "housing:own-lease",
    "employers:counts",
    "employers:organiser",
    "employers:own-word",
    "employers:site-answers",
}
# Read by a link, which an answer does not use up: a guest may change their mind until the session.
ONE_ANSWER = {"accounts:invitation", "followup:answer", "cooperation:news"}
# Everybody in the room sees a badge: its code opens nothing that changes anything.
KEPT_AS_IT_IS = {"cooperation:badge"}
READ = sorted(NAMES - {"followup:renew"})


@dataclass
class Link:
    """An address that works; `answer`: what a form of its page sends; `row`: what it opens."""

    token: str
    answer: dict
    row: object


@pytest.fixture
def links(people):
    """A link that opens, for each of the addresses."""
    now = timezone.now()
    structure = Structure.objects.create(id="mms", nom="Garage", organisation=people.ailleurs)
    velo = catalogue.create_solution(
        by=people["editeur_catalogue", "ailleurs"], now=now, key="velo",
        content={"structure": structure.pk, "nom": "Vélo", "type_solution": "location_velo"},
    )  # fmt: skip
    parcours = open_parcours(
        by=people["conseiller", "ici"],
        organisation=people.ici,
        now=now,
        person=Person(
            initiales="AB", annee_naissance=1990, situations=[], objectifs=["4"], prioritaire=False
        ),
    )
    orientation, _ = orientations.orient(
        by=people["conseiller", "ici"], parcours=parcours, solution=velo, message="", now=now
    )
    sent = orientations.moderate(
        by=people["mms", "ici"], orientation=orientation, courriel="g@garage.example", now=now
    )
    invited = accounts.invite(
        by=people.admin, organisation=people.ici, email="n@ici.example", role=Role.EDITEUR, now=now
    )
    seance = Seance.objects.create(
        slug="seance", titre="Coopérer", organisation=people.ici, tenue_le=now, code="ABC234"
    )
    guest = Invite.objects.create(seance=seance, nom="Ana", organisation="A", college="etat")
    axe = Axe.objects.create(seance=seance, ordre=1, titre="Axe", question="Comment ?")
    action = Action.objects.create(axe=axe, titre="Loger")
    Pilote.objects.create(action=action, nom="ana", courriel="ana@x.example")
    token = "un secret de relance, assez long"
    news = Relance.objects.create(
        action=action, adresse="ana@x.example", envoyee_le=now, empreinte=accounts.hash_of(token)
    )
    link = AnswerLink.objects.get(orientation=orientation)
    proposed = Proposition.objects.create(
        cle="x", acteur="region", nature="ajouter_course", phrase="Ajoutez", message="M", cout="0",
        delai="9 mois", confiance="sur", organisation=people.ici, destinataire="Région",
        envoyee_le=now,
    )  # fmt: skip
    yes = {"reponse": "oui"}
    return {
        "accounts:invitation": Link(
            invited.token, {"nom": "Nina", "password": "une phrase bien longue"}, invited.invitation
        ),
        "followup:answer": Link(sent.token, {"reponse": ACCEPT}, link),
        "followup:renew": Link(sent.token, {}, link),
        "levers:answer": Link(
            proposed.token, {"etat": EtatProposition.OUI, "reponse": ""}, proposed
        ),
        "cooperation:news": Link(token, {"action": action.pk, "reponse": "avance"}, news),
        "cooperation:invitation": Link(guest.secret, yes, guest),
        "cooperation:invitation-ics": Link(guest.secret, {}, guest),
        "cooperation:badge": Link(guest.badge, {}, guest),
        "cooperation:own-commitments": _commitment(action, now),
        "housing:own-lease": _lease(people, now),
        **{
            name: Link(row.token, {}, row)
            for name, row in employers_with_links(people, now).items()
        },
        **{
            name: Link(
                room_links.draw_link(
                    by=people["pilotage", "ici"], seance=seance, role=role, now=now
                ),
                {},
                seance,
            )
            for name, role in (
                ("cooperation:scribe-link", RoleSalle.SCRIBE),
                ("cooperation:door-link", RoleSalle.PORTE),
            )
        },
    }


def _lease(people, now) -> Link:
    """The link of the household of a lease."""
    _, resale = housing_of(people, now)
    row = draw_link(by=people["pilotage", "ici"], bail=resale.bail, is_open=True, now=now)
    return Link(row.token, {}, row)


def _commitment(action, now) -> Link:
    """The link of a mailbox that committed."""
    token = "un lien d'engagement, assez long"
    row = Engagement.objects.create(
        action=action, organisation_nom="Garage", courriel="g@garage.example", quoi="Prêter",
        quantite=1, unite="vélos", pour_le=now.date(), propose_le=now,
        empreinte=on_the_spot.digest_of(token),
    )  # fmt: skip
    return Link(token, {"engagement": row.pk, "faire": "confirmer"}, row)


def url_of(name, token) -> str:
    return reverse(name, args=[token])


def everything() -> dict:
    """All that is kept, sessions and counts of attempts apart."""
    return {
        model._meta.label: sorted(map(repr, model.objects.values_list()))
        for model in apps.get_models()
        if model._meta.label not in ("accounts.OpenSession", "accounts.Counter")
    }


def said(response) -> tuple[int, str]:
    """What an answer tells, without what changes each time."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return response.status_code, text


def test_every_address_that_carries_a_secret_is_in_this_table():
    carrying = {
        name for name, view in addresses(get_resolver().url_patterns)
        if getattr(getattr(view, "gate", None), "by_link", False)
    }  # fmt: skip
    assert carrying == NAMES
    routes = {
        name: str(pattern.pattern)
        for inner in get_resolver().url_patterns
        for pattern in getattr(inner, "url_patterns", [])
        if hasattr(pattern, "name")
        for name in [f"{inner.namespace}:{pattern.name}"]
    }
    worn = {name for name, route in routes.items() if re.search("token|secret|jeton", route)}
    assert worn <= NAMES
    assert all(GATES[name].by_link for name in worn)


def test_the_document_tells_what_a_link_opens():
    page = (ROOT / "docs/reference/permissions.md").read_text("utf-8")
    text = "\n".join(f"| `{name}` | le secret de son lien |" for name in sorted(NAMES))
    assert text in page


@pytest.mark.parametrize("name", READ)
def test_reading_changes_nothing_however_often(name, links, client):
    """The filters of mail servers open each link, sometimes twice, before anybody does."""
    url = url_of(name, links[name].token)
    before = everything()
    for method in (client.get, client.head, client.get, client.options):
        method(url)
    assert client.get(url).status_code == 200
    assert everything() == before


def test_what_only_acts_is_not_read(links, client):
    before = everything()
    assert client.get(url_of("followup:renew", links["followup:renew"].token)).status_code == 405
    assert everything() == before


@pytest.mark.parametrize("name", sorted(ONE_ANSWER))
def test_an_answer_is_taken_after_the_filters_have_read_and_only_once(name, links, client):
    link = links[name]
    url = url_of(name, link.token)
    for _ in range(3):
        client.get(url)
    before = everything()
    assert client.post(url, link.answer).status_code == 302
    after = everything()
    assert after != before
    again = Client().post(url, link.answer)
    assert again.status_code in (410, 422)
    assert everything() == after


@pytest.mark.parametrize("name", READ)
def test_no_other_secret_opens_anything_and_all_say_the_same(name, links, client):
    token = links[name].token
    wrong = [
        "rien", token[:-1], token + "A", token.swapcase(), token[1:] + token[0], "%00", "é" * 20,
        "A" * 4000, "' OR 1=1 --", *(link.token for link in links.values() if link.token != token),
    ]  # fmt: skip
    before = everything()
    answers = {said(client.get(url_of(name, wrong_value))) for wrong_value in wrong}
    assert len(answers) == 1
    assert answers.pop()[0] in (404, 410)
    for wrong_value in wrong:
        assert client.post(url_of(name, wrong_value), links[name].answer).status_code in (
            404,
            405,
            410,
        )
    assert everything() == before


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("accounts:invitation", lambda at: {"created_at": at, "expires_at": at + MINUTE}),
        ("accounts:invitation", lambda at: {"accepted_at": at}),
        ("accounts:invitation", lambda at: {"revoked_at": at}),
        ("followup:answer", lambda at: {"created_at": at, "expires_at": at + MINUTE}),
        ("followup:answer", lambda at: {"used_at": at}),
        ("followup:answer", lambda at: {"revoked_at": at}),
        ("cooperation:news", lambda at: {"envoyee_le": at - reminders.LINK_VALID}),
    ],
)
def test_a_link_used_withdrawn_or_out_of_date_says_what_an_unknown_one_says(
    name, change, links, client
):
    link = links[name]
    unknown = said(client.get(url_of(name, "inconnu")))
    type(link.row).objects.update(**change(timezone.now() - MINUTE * 2))
    before = everything()
    assert said(client.get(url_of(name, link.token))) == unknown
    assert client.post(url_of(name, link.token), link.answer).status_code == 410
    assert everything() == before


MINUTE = timedelta(minutes=1)


def test_asking_for_a_fresh_link_never_tells_whether_there_was_one(links, client):
    live = links["followup:renew"].token
    answers = {said(client.post(url_of("followup:renew", token))) for token in (live, "inconnu")}
    AnswerLink.objects.update(revoked_at=timezone.now())
    answers.add(said(client.post(url_of("followup:renew", live))))
    Orientation.objects.update(statut="expiree")
    answers.add(said(client.post(url_of("followup:renew", live))))
    assert len(answers) == 1
    assert all(live not in mail.body for mail in delivered())


@pytest.mark.parametrize("name", sorted(NAMES - KEPT_AS_IT_IS))
def test_the_secret_is_kept_nowhere(name, links):
    assert links[name].token not in str(everything())


@pytest.mark.parametrize("name", ["cooperation:invitation", "cooperation:invitation-ics"])
def test_what_is_kept_of_a_guest_opens_nothing(name, links, client):
    guest = links[name].row or Invite.objects.get(nom="Ana")
    elsewhere = Signer(key="une autre clé, assez longue", salt=signer().salt, sep=".")
    for kept in (guest.jeton, f"{guest.jeton}.", elsewhere.sign(guest.jeton)):
        assert client.get(url_of(name, kept)).status_code == 404
    assert client.get(url_of(name, guest.secret)).status_code == 200


def test_a_secret_is_too_long_to_be_guessed(links):
    for name, link in links.items():
        if name != "cooperation:news":  # drawn here, by reminders.run elsewhere
            assert len(link.token) >= 22, name  # 128 bits, six to a letter


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("opens", [True, False])
def test_no_cache_keeps_the_page_and_no_other_site_learns_its_address(name, opens, links, client):
    page = client.get(url_of(name, links[name].token if opens else "inconnu"))
    if opens:
        assert "no-store" in page.headers["Cache-Control"]
        assert "private" in page.headers["Cache-Control"]
    assert page.headers["Referrer-Policy"] == "same-origin"
    if page.headers["Content-Type"].startswith("text/html"):
        loaded = re.findall(r'(?:src|action)="(https?:)?//([^"]+)"', page.content.decode())
        assert loaded == []


def test_a_link_answers_for_its_own_question_only(links, client, people):
    other = Relance.objects.create(
        action=Action.objects.create(axe=Axe.objects.get(), titre="Autre"),
        adresse="b@x.example", envoyee_le=timezone.now(), empreinte="0" * 64,
    )  # fmt: skip
    before = everything()
    form = {"action": other.action_id, "reponse": "termine"}
    assert client.post(url_of("cooperation:news", links["cooperation:news"].token), form)
    assert everything() == before


def test_whoever_knows_a_badge_changes_nothing_of_the_guest(links, people):
    before = everything()
    for actor in (None, people["pilotage", "ailleurs"], people["conseiller", "ici"]):
        client = Client()
        if actor:
            client.force_login(actor)
        form = {"reponse": "non", "faire": "montrer"}
        page = client.post(url_of("cooperation:badge", links["cooperation:badge"].token), form)
        assert page.status_code == 403
    User.objects.update(last_login=None)
    after = everything()
    assert {name for name in after if after[name] != before[name]} <= {"accounts.User"}


def test_guessing_is_stopped_and_others_elsewhere_are_not(links):
    url = url_of("followup:answer", links["followup:answer"].token)
    guesser, neighbour = Client(REMOTE_ADDR="203.0.113.7"), Client(REMOTE_ADDR="203.0.113.8")
    for number in range(MISSES_ALLOWED):
        name = ("followup:answer", "cooperation:invitation")[number % 2]
        assert guesser.get(url_of(name, f"essai{number}")).status_code in (404, 410)
    stopped = guesser.get(url)
    assert stopped.status_code == 429
    assert "Réessayez dans cinq minutes" in stopped.content.decode()
    assert stopped.headers["Retry-After"] == "300"
    assert guesser.post(url, {"reponse": ACCEPT}).status_code == 429
    assert neighbour.get(url).status_code == 200
    cache.clear()  # five minutes later
    assert guesser.get(url).status_code == 200


def test_good_links_are_never_counted(links, client):
    url = url_of("followup:answer", links["followup:answer"].token)
    assert {client.get(url).status_code for _ in range(MISSES_ALLOWED + 5)} == {200}


# The link of a forgotten password is django-allauth's.


def ask_for_a_password(client, email):
    mail.outbox = []
    page = client.post(reverse("account_reset_password"), {"email": email}, follow=True)
    match = re.search(r"https?://[^/]+(/compte/mot-de-passe/nouveau/\S+)", str(
        [mail.body for mail in delivered()]).replace("\\n", " "))  # fmt: skip
    return said(page), match[1] if match else ""


def test_a_forgotten_password_tells_nobody_who_has_an_account(people, client):
    known, link = ask_for_a_password(client, people.admin.email)
    unknown, none = ask_for_a_password(Client(), "personne-la@rien.example")
    assert known == unknown
    assert link
    assert not none


def test_a_mail_server_that_is_down_tells_nobody_who_has_an_account(people, client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    pages = [
        ask_for_a_password(browser, email)[0]
        for browser, email in ((client, people.admin.email), (Client(), "personne-la@rien.example"))
    ]
    assert pages[0] == pages[1]
    assert OutgoingMessage.objects.get().to == people.admin.email


def test_an_unknown_address_costs_the_page_as_much_and_leaves_nothing(people, client):
    """Counted in statements, which a stopwatch on a busy machine could not compare."""
    counted = []
    for browser, email in ((client, people.admin.email), (Client(), "personne-la@rien.example")):
        browser.get(reverse("account_reset_password"))
        with CaptureQueriesContext(connection) as asked:
            browser.post(reverse("account_reset_password"), {"email": email})
        counted.append(sum("outgoingmessage" in row["sql"] for row in asked))
    assert 0 <= counted[1] - counted[0] <= 2  # what is taken back, besides
    assert [row.to for row in OutgoingMessage.objects.all()] == [people.admin.email]


def test_the_link_of_a_forgotten_password_serves_once_and_for_a_while(people, client, settings):
    _, link = ask_for_a_password(client, people.admin.email)
    before = everything()
    for _ in range(2):
        assert Client().get(link).status_code == 302
    assert everything() == before
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert Client().get(link).status_code == 200  # says that it serves no more
    settings.PASSWORD_RESET_TIMEOUT = 3 * 86400
    form = client.get(link, follow=True)
    form_url = form.redirect_chain[-1][0]
    new = {"password1": "une phrase toute nouvelle", "password2": "une phrase toute nouvelle"}
    assert client.post(form_url, new).status_code == 302
    people.admin.refresh_from_db()
    assert people.admin.check_password("une phrase toute nouvelle")
    again = Client()
    assert again.get(link).status_code == 200
    assert again.post(form_url, new | {"password1": "x" * 20, "password2": "x" * 20})
    people.admin.refresh_from_db()
    assert people.admin.check_password("une phrase toute nouvelle")
