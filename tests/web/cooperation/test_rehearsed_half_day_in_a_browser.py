"""A half-day rehearsed with thirty phones, from the first insult to the twelfth commitment.

Twenty-seven phones are HTTP clients, three are pages of a browser, beside the facilitator's pages
and the screen. What went wrong in real rooms happens here: an insult, a name, a merge, a stuffed
vote, a moved date, organisations without accounts.
"""

import re
from contextlib import ExitStack
from datetime import timedelta

import httpx2 as httpx
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.mailbox import delivered
from tests.web.page_steps import PASSWORD, check_page, press, sign_in
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.cooperation.models import (
    Decision,
    Engagement,
    Gommette,
    Idee,
    Invite,
    Seance,
)
from traitdunion.cooperation.sessions.moderation import SUGGESTED_REASONS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
INSULT, NAMED = "Bande d'incapables", "Madame Durand ne répond jamais aux salariés"
N_PHONES, N_PAGES = 30, 3


@pytest.fixture
def room(db, settings):
    """A session prepared for today, thirty guests invited, its facilitator."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    organisation = Organisation.objects.create(slug="pilote", nom="Direction départementale")
    steerer = User.objects.create_user("paule@x.example", PASSWORD, nom="Paule")
    Membership.objects.create(user=steerer, organisation=organisation, role=Role.PILOTAGE)
    today = timezone.localdate()
    seance = Seance.objects.create(
        slug="repetee", titre="Coopérer", organisation=organisation, tenue_le=today, code="REPET2",
        motifs_refus=SUGGESTED_REASONS,
    )  # fmt: skip
    seance.axes.create(ordre=1, titre="Mobilité", question="Comment venir travailler ?")
    for n in range(N_PHONES):
        Invite.objects.create(
            seance=seance, nom=f"Invité {n}", organisation=f"Organisation {n}",
            college="employeurs", courriel=f"invite{n}@x.example", invite_le=timezone.now(),
        )  # fmt: skip
    return seance


class Phone:
    """A phone that has no browser: its cookies, and what it sends."""

    def __init__(self, site):
        self.page = f"{site}/participer/REPET2/"
        self.client = httpx.Client(headers={"Accept": "application/json"}, timeout=30)
        self.send(college="employeurs")

    def send(self, **fields):
        self.client.get(self.page)
        token = self.client.cookies.get("csrftoken", "")
        return self.client.post(self.page, data=fields | {"csrfmiddlewaretoken": token})


@pytest.fixture
def phone(site):
    """Function that takes one more phone into the room; all are closed after the test."""
    with ExitStack() as open_ones:

        def made():
            the_phone = Phone(site)
            open_ones.callback(the_phone.client.close)
            return the_phone

        yield made


def press_named(place, name, exact=False):
    press(place.get_by_role("button", name=name, exact=exact))


def test_a_half_day_with_thirty_phones(site, open_page, room, phone):
    session, axe = f"{site}/cooperation/seances/repetee/", room.axes.get()
    paule = open_page(site)
    sign_in(paule, site, "paule@x.example")

    # The date is moved, and every guest is written to, with the new file for their calendar.
    paule.goto(session + "preparer/")
    tomorrow = room.tenue_le + timedelta(1)
    paule.get_by_label("Date", exact=True).fill(tomorrow.isoformat())
    press_named(paule, "Enregistrer", exact=True)
    expect(paule.get_by_text("30 messages aux invités")).to_be_visible()
    moved = delivered()
    assert len(moved) == N_PHONES
    assert all(mail.attachments[0][0] == "seance.ics" for mail in moved)

    # Nobody outside sees anything; the room opens with its published reasons, and follows.
    outside = open_page(session)
    expect(outside).to_have_url(re.compile("connexion"))
    paule.goto(session + "animer/")
    press_named(paule, "Passer à « en cours »")
    screen = paule.context.new_page()
    screen.goto(session + "ecran/")
    expect(screen.get_by_text("REPET2")).to_be_visible()
    pages = [open_page(site, width=360) for _ in range(N_PAGES)]
    for page in pages:
        page.goto(f"{site}/participer/REPET2/")
        page.get_by_label("Employeurs", exact=True).check()
        press_named(page, "Continuer")
    phones = [phone() for _ in range(N_PHONES - N_PAGES)]

    # An insult is typed, and a name: neither reaches the screen; the authors read what became.
    for page, words in zip(pages, (INSULT, NAMED, "Une navette à six heures"), strict=True):
        page.get_by_label("Votre idée : Mobilité").fill(words)
        press_named(page, "Envoyer : Mobilité")
        expect(page.get_by_text("L'animation la relit avant la salle")).to_be_visible()
    for n, each_phone in enumerate(phones):
        assert each_phone.send(axe=axe.pk, texte=f"Un car le matin, {n}").status_code == 200
    expect(screen.get_by_text("30 contributions en relecture")).to_be_visible(timeout=15_000)
    paule.goto(session + "relecture/")
    check_page(paule)
    insult = paule.locator("li.found__item", has_text=INSULT)
    insult.get_by_text("Refuser").first.click()
    insult.get_by_label("Motif, que l'auteur lira").select_option(index=0)
    press_named(insult, "Refuser : ")
    named = paule.locator("#attente ~ ul li.found__item", has_text="Madame Durand")
    expect(named.get_by_text("Un nom, semble-t-il")).to_be_visible()
    press_named(named, "Corriger et montrer")
    for words in ("Une navette à six heures", "Un car le matin, 0", "Un car le matin, 1"):
        card = paule.locator("li.found__item", has_text=words)
        press_named(card, f"Montrer : {words}", exact=True)
    expect(pages[0].get_by_text("Refusé. Motif : injure")).to_be_visible(timeout=60_000)
    expect(pages[1].get_by_text("Corrigé par l'animation")).to_be_visible(timeout=60_000)
    expect(screen.get_by_text("[nom masqué] ne répond jamais")).to_be_visible(timeout=15_000)
    assert INSULT not in screen.content()
    assert "Durand" not in screen.content()

    # Two ideas merge; the objection to one of them stands on what they became.
    navette = Idee.objects.get(texte="Une navette à six heures")
    paule.goto(session + "consentement/")
    card = paule.locator(f"#idee-{navette.pk}")
    card.get_by_text("Noter une objection").click()
    card.get_by_label("L'objection").fill("Rien pour les équipes de nuit")
    press_named(card, "Noter", exact=True)
    paule.goto(session + "animer/")
    for words in ("Une navette à six heures", "Un car le matin, 0"):
        paule.get_by_role("checkbox", name=words).check()
    paule.get_by_text("Regrouper les idées cochées").click()
    paule.get_by_label("L'idée qui les regroupe").fill("Un car pour chaque équipe")
    press_named(paule, "Regrouper", exact=True)
    expect(pages[2].get_by_text("Regroupée avec d'autres")).to_be_visible(timeout=60_000)
    merged = Idee.objects.get(texte="Un car pour chaque équipe")
    paule.goto(f"{site}/cooperation/idees/{merged.pk}/")
    expect(paule.get_by_text("Rien pour les équipes de nuit")).to_be_visible()
    for group in paule.get_by_role("group").all():
        group.get_by_label("oui", exact=True).check()
    press_named(paule, "Enregistrer les filtres")
    paule.goto(session + "consentement/")
    card = paule.locator(f"#idee-{merged.pk}")
    expect(card.get_by_text("Objection à traiter")).to_be_visible()
    card.get_by_label("Réponse à l'objection").fill("Un départ à cinq heures aussi")
    card.get_by_label("Qui objectait lève l'objection").check()
    press_named(card, "Enregistrer la réponse")

    # Thirty people are at the door, thirty voices; a thirty-first cookie stuffs nothing.
    paule.goto(session + "arrivees/")
    for box in paule.get_by_role("checkbox").all():
        box.check()
    press_named(paule, "Enregistrer les présences")
    paule.goto(session + "consentement/")
    press_named(paule, re.compile("Ouvrir le vote"))
    dots = {"idee": merged.pk, "gommettes": "3"}
    for each_phone in phones:
        assert each_phone.send(**dots).status_code == 200
    for page in pages:  # they followed the room to the vote
        button = page.get_by_role("button", name=re.compile("3 gommettes"))
        expect(button).to_be_visible(timeout=20_000)
        button.click()
        expect(page.get_by_text("Il vous reste 0 gommette")).to_be_visible()
    refused = [phone().send(**dots) for _ in range(5)]
    assert {answer.status_code for answer in refused} == {422}
    assert "pas plus que de présents" in refused[0].json()["message"]
    assert Gommette.objects.filter(idee=merged).count() == N_PHONES
    expect(screen.get_by_text("30 voix exprimées sur 30 présents")).to_be_visible(timeout=15_000)
    assert screen.locator(".room__dots").count() == 0
    press_named(paule, "Fermer le vote")
    press_named(paule, "Montrer le résultat à la salle")
    expect(screen.locator(".room__dots").first).to_have_text("90", timeout=15_000)

    # The decision freezes what carried it; an action follows, and twelve organisations commit.
    paule.goto(session + "animer/")
    paule.get_by_role("checkbox", name="Un car pour chaque équipe").check()
    paule.get_by_text("Décider des idées cochées").click()
    for label, words in (
        ("Ce qui est décidé", "Un car par équipe"), ("Méthode", "gommettes"),
        ("Qui a décidé", "les présents"),
    ):  # fmt: skip
        paule.get_by_label(label).fill(words)
    paule.get_by_label("Retenue").check()
    press_named(paule, "Enregistrer la décision")
    expect(paule.get_by_text("La décision est enregistrée")).to_be_visible()
    (sheet,) = Decision.objects.get().fiche["idees"]
    assert (sheet["gommettes"], sheet["votants"]) == (90, N_PHONES)
    assert [objection["levee"] for objection in sheet["objections"]] == [True]
    paule.get_by_text("Inscrire une action").click()
    paule.get_by_label("Titre de l'action").fill("Un car par équipe")
    press_named(paule, "Inscrire l'action")
    press_named(paule, "S'engager")
    expect(pages[0].get_by_role("link", name="Je m'engage")).to_be_visible(timeout=20_000)
    pages[0].get_by_role("link", name="Je m'engage").click()
    check_page(pages[0])
    action = room.axes.get().actions.get()
    promised = {
        "action": action.pk, "quantite": "1", "unite": "car",
        "pour_le": f"{tomorrow.year + 1}-06-30",
    }  # fmt: skip
    for n, each_phone in enumerate(phones[:12]):
        page = f"{each_phone.page}engagement/"
        each_phone.client.get(page)
        fields = promised | {
            "organisation": f"Entreprise {n}", "courriel": f"e{n}@entreprise.example",
            "quoi": f"Payer un car, {n}",
            "csrfmiddlewaretoken": each_phone.client.cookies["csrftoken"],
        }  # fmt: skip
        assert "confirmer" in each_phone.client.post(page, data=fields).text
    links = [mail for mail in delivered() if mail.subject.startswith("Confirmez votre engagement")]
    assert len(links) == 12
    for mail in links:
        path = re.search(r"/engagement/\S+", mail.body)[0]
        with httpx.Client(timeout=30) as mailbox:
            asked = mailbox.get(site + path).text
            row = re.search(r'name="engagement" value="(\d+)"', asked)[1]
            mailbox.post(
                site + path,
                data={"engagement": row, "faire": "confirmer",
                      "csrfmiddlewaretoken": mailbox.cookies["csrftoken"]},
            )  # fmt: skip
    paule.goto(session + "relecture/")
    expect(paule.get_by_text("Engagements pris en séance (12)")).to_be_visible()
    for _ in range(12):
        press(paule.get_by_role("button", name=re.compile("Mettre en vigueur")).first)
        expect(paule.get_by_text("L'engagement est en vigueur")).to_be_visible()
    assert Engagement.objects.filter(etat="confirme").count() == 12
    expect(screen.get_by_text("12 engagements confirmés")).to_be_visible(timeout=15_000)
    assert User.objects.count() == 1  # and not one more account

    # Published, the page of the session says what came out, and nothing of what was refused.
    paule.goto(session + "preparer/")
    for label in ("La séance", "La feuille de route"):
        paule.get_by_label(re.compile(rf"{label}\s:")).select_option("publique")
    press_named(paule, "Enregistrer qui voit quoi")
    outside.goto(session)
    expect(outside.get_by_text("Un car par équipe").first).to_be_visible()
    for hidden in (INSULT, "Durand"):
        for address in (session, session + "filiation/", session + "feuille-de-route/"):
            outside.goto(address)
            assert hidden not in outside.content()
