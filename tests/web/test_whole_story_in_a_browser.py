"""One person from their first question to the day nobody knows them any more.

In a real browser, with a second factor and messages that travel over SMTP: an adviser searches,
orients to the Maison de la Mobilité Solidaire, which refuses without an account, orients elsewhere;
the other structure accepts, the solution starts, a month later somebody asks, and at its date the
file is anonymised.
"""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from tests.accounts.totp import code_of
from tests.drawn import without_drawn
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.catalogue.models import Solution, Structure
from traitdunion.desk.models import CheckPoint, Parcours, SentMail

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "un mot de passe assez long"
SECRET = base64.b32encode(b"vingt octets, pas un").decode()
DAY = timedelta(days=1)
OF_THE_PERSON = ("A.B", "AB,", "1990", "Langeac", "Puy-en-Velay", "8 h", "Pour décembre")


@pytest.fixture
def adviser(db, settings):
    """Somebody who follows people, with a password and an application."""
    settings.TRAITDUNION_MFA_REQUIRED = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    user = User.objects.create_user("conseillere@ici.example", PASSWORD, nom="Camille")
    organisation = Organisation.objects.create(slug="ici", nom="Agence d'ici")
    Membership.objects.create(user=user, organisation=organisation, role=Role.CONSEILLER)
    TOTP.activate(user, SECRET)
    return user


@pytest.fixture
def structures(db):
    """The Maison and a workshop, each with a loan and an address."""
    for key, structure, nom in (
        ("scooter", "Maison de la Mobilité Solidaire", "Prêt de scooter"),
        ("velo", "Atelier du vélo", "Prêt de vélo électrique"),
    ):
        keeps = Structure.objects.create(id=key, nom=structure, courriel=f"{key}@structure.example")
        Solution.objects.create(
            id=key, structure=keeps, nom=nom, cle=nom.lower(), statut="publie",
            type_solution="location_velo",
        )  # fmt: skip


@pytest.fixture
def three_answers(sampled, samples):
    """A train, a coach, and the scooter that the Maison lends."""
    whole = samples.sample_answer()
    train, _, coach, scooter = whole.options
    options = (train, coach, replace(scooter, solutions=("scooter",)))
    sampled.answer = lambda situation: replace(whole, options=options)


def link_in(message):
    """The link of a message, which names no person; others only choose an answer on its page."""
    said = f"{message['Subject']} {message.get_content()}"
    assert not [secret for secret in OF_THE_PERSON if secret in without_drawn(said)]
    links = [word for word in said.split() if word.startswith("http")]
    [link] = [word for word in links if "?reponse=" not in word]
    assert all(word.startswith(link) for word in links)
    return link


def sign_in(page):
    page.get_by_label("E-mail").fill("conseillere@ici.example")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Se connecter", exact=True).click()
    page.get_by_label("Code").fill(code_of(SECRET))
    page.get_by_role("main").get_by_role("button", name="Continuer").click()


def sign_in_again(page, address):
    """To a page, long after: the session is over, and the code is another."""
    cache.clear()  # a code serves once, and the clock of this machine has not moved
    page.goto(address)
    sign_in(page)


def search(page):
    page.get_by_role("link", name="Poser une question").click()
    page.get_by_label("Domicile").fill("Langeac (43)")
    page.get_by_label("Lieu de travail", exact=True).fill("Le Puy-en-Velay (43)")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Chercher l'aller et le retour").click()
    counted = "Oui : 2 solutions, aller et retour, et 1 à vérifier"
    expect(page.get_by_role("heading", name=counted)).to_be_visible()
    expect(page.locator(".way")).to_have_count(3)


def answer_two_questions(page):
    page.locator("#fold-aides > summary").click()
    page.get_by_label("Combien d'heures par semaine ?").fill("35")
    page.get_by_label("Quel âge a la personne ?").fill("36")
    page.get_by_role("button", name="Mettre à jour les aides").click()
    page.wait_for_url("**/aides/**")
    expect(page.get_by_label("Combien d'heures par semaine ?")).to_have_value("35")


def open_file(page):
    page.locator("summary").filter(has_text="Scooter prêté par la plateforme").first.click()
    page.get_by_role("button", name="Orienter vers Scooter prêté").click()
    page.get_by_label("Initiales").fill("A.B.")
    page.get_by_label("Année de naissance").fill("1990")
    page.get_by_label("Dépendant des transports en commun").check()
    page.get_by_label("Trouver une solution de transport").check()
    page.get_by_role("button", name="Ouvrir le parcours").click()
    expect(page.get_by_label("Prêt de scooter")).to_be_checked()


def send(page):
    page.get_by_label("Message à la structure").fill("Pour décembre.")
    page.get_by_role("button", name="Envoyer l'orientation").click()
    expect(page.get_by_role("status")).to_contain_text("Orientation enregistrée")


def reply(page, answer, motif=""):
    expect(page.get_by_text("A.B., 1990")).to_be_visible()
    page.get_by_label(answer).check()
    if motif:
        page.get_by_label("Motif, en cas de refus").select_option(motif)
    page.get_by_role("button", name="Envoyer la réponse").click()
    if motif:
        expect(page.get_by_role("heading", level=1)).to_have_text("Votre réponse est envoyée")
    else:
        expect(page.get_by_text("Vous avez accepté cette demande")).to_be_visible()
    assert page.context.cookies() == []


def day_s_work(site, days):
    """The command that runs every day, so many days later."""
    later = timezone.now() + days * DAY
    call_command("followup", "--site", site, "--now", later.isoformat(), "--sure")


def test_from_the_first_question_to_the_end_of_the_file(
    site, open_page, adviser, structures, three_answers, mailbox
):
    page = open_page(site + "/compte/connexion/")
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce matin")
    search(page)
    answer_two_questions(page)
    open_file(page)
    send(page)
    asked = mailbox[-1]
    assert str(asked["To"]) == "scooter@structure.example"

    maison = open_page(link_in(asked))
    reply(maison, "Nous refusons", "Plus de place ou de véhicule")
    gone = open_page(link_in(asked), complains=False)
    expect(gone.get_by_role("heading", level=1)).to_have_text("Ce lien ne sert plus")

    assert str(mailbox[-1]["To"]) == adviser.email
    page.goto(site + "/ce-matin/")
    expect(page.get_by_text("A.B., 1990, Prêt de scooter : plus de place")).to_be_visible()
    page.goto(link_in(mailbox[-1]))
    page.get_by_role("link", name="Orienter ailleurs").click()
    page.get_by_label("Chercher une autre solution").fill("vélo")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_label("Prêt de vélo électrique").check()
    send(page)

    workshop = open_page(link_in(mailbox[-1]))
    reply(workshop, "Nous acceptons")
    page.goto(link_in(mailbox[-1]))
    page.get_by_label("Commencée le").fill(timezone.localdate().isoformat())
    page.get_by_role("button", name="Noter le début").click()
    expect(page.get_by_role("status")).to_contain_text("Le début est noté")

    day_s_work(site, 29)
    assert not CheckPoint.objects.exists()
    day_s_work(site, 30)
    assert "Un point de suivi est à faire" in str(mailbox[-1]["Subject"])
    sign_in_again(page, link_in(mailbox[-1]))
    page.get_by_role("group", name="Se sert-elle encore").get_by_label("Oui").check()
    page.get_by_role("group", name="Est-elle en emploi").get_by_label("Oui").check()
    page.get_by_role("button", name="Noter ce point").click()
    # Back to what waits this morning.
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce matin")
    expect(page.get_by_role("status")).to_contain_text("Le point de suivi est noté.")

    assert len(mailbox) == SentMail.objects.count() == 5
    day_s_work(site, 729)
    assert Parcours.objects.get().anonymised_at is None
    known = Parcours.objects.get().pk
    day_s_work(site, 731)
    # An anonymised file gets a new key: old messages no longer lead to it.
    anonymised = Parcours.objects.get().pk
    assert anonymised != known
    sign_in_again(page, f"{site}/parcours/{anonymised}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Personne anonymisée")
    assert not [secret for secret in OF_THE_PERSON if secret in without_drawn(page.content())]
    assert CheckPoint.objects.get(month=1).en_emploi is True
