"""Three months after a session, in a real browser, with the clock moved.

Decision, action, commitment confirmed by its organisation; reminders to one named person, answered
in one click without an account; blocked, unblocked; held with evidence; what the next committee
sees; the bilan. Each complaint heard of other tools is met on the way (bursts, the day after,
doubles, everyone, the wrong person).
"""

from datetime import UTC, datetime, time, timedelta

import pytest
import yaml
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from tests.mailbox import delivered
from tests.web.page_steps import PASSWORD, check_page, press, sign_in
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import load_demonstration as load_accounts
from traitdunion.cooperation.committees import operations as committee_operations
from traitdunion.cooperation.enums import Visibilite
from traitdunion.cooperation.models import Action, Axe, Engagement, Evenement, Seance
from traitdunion.cooperation.models.committees import NatureInstance
from traitdunion.cooperation.sessions import ideas as idea_operations
from traitdunion.demonstration.network import DEMO

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HELD = datetime(2026, 6, 19, 9, tzinfo=UTC)
STEERER, CLUB = "pilotage@demo.example", "club@demo.example"


@pytest.fixture
def clock(monkeypatch):
    """Function that moves the clock of the site to n days after the session."""
    at = [HELD]
    monkeypatch.setattr(timezone, "now", lambda: at[0])

    def move(n_days):
        at[0] = HELD + timedelta(n_days)

    return move


@pytest.fixture
def session(db, settings, clock):
    """A session whose tables gave two ideas, and a committee that met the week after."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    people = yaml.safe_load(DEMO.with_name("accounts.yaml").read_text("utf-8"))
    load_accounts(people, password=PASSWORD)
    steering, by = Organisation.objects.get(pk="pilotage-demo"), User.objects.get(email=STEERER)
    seance = Seance.objects.create(
        slug="juin", titre="Coopérer", organisation=steering, tenue_le=HELD.date(), code="JUIN26",
        etat="ouverte", visibilite="publique", visibilite_feuille="publique",
    )  # fmt: skip
    axe = Axe.objects.create(seance=seance, ordre=1, titre="Employeurs", question="Comment ?")
    idea_operations.note_table(
        by=by, axe=axe, table=1, lines=["Ouvrir les ateliers", "Nommer un tuteur"], now=HELD
    )
    instance = committee_operations.create_committee(
        by=by, organisation=steering, nature=NatureInstance.CDPE, nom="Comité", now=HELD
    )
    committee_operations.publish(by=by, instance=instance, visibilite=Visibilite.PUBLIQUE, now=HELD)
    committee_operations.call_meeting(
        by=by, instance=instance, tenue_le=HELD.date() + timedelta(7), heure=time(9),
        ordre_du_jour="Feuille de route", now=HELD,
    )  # fmt: skip
    return seance


def decide_and_write(page, site, title, idea):
    """From an idea to an action with its pilot, by the pages."""
    page.goto(site + "/cooperation/seances/juin/animer/")
    page.get_by_role("checkbox", name=idea).check()
    page.get_by_text("Décider des idées cochées").click()
    page.get_by_label("Ce qui est décidé").fill(f"{title} : oui")
    page.get_by_label("Retenue").check()
    page.get_by_label("Méthode").fill("consentement")
    page.get_by_label("Qui a décidé").fill("les personnes présentes")
    page.get_by_label("Prise le").fill("2026-06-19")
    page.get_by_role("button", name="Enregistrer la décision").click()
    expect(page.get_by_text("La décision est enregistrée")).to_be_visible()
    page.get_by_text("Inscrire une action").click()
    page.get_by_label("Décision", exact=True).select_option(label=f"{title} : oui")
    page.get_by_label("Titre de l'action").fill(title)
    page.get_by_label("Fin prévue").fill("2026-12-31")
    press(page.get_by_role("button", name="Inscrire l'action"))
    action = Action.objects.get(titre=title)
    page.goto(f"{site}/cooperation/actions/{action.pk}/fiche/pilote/")
    page.get_by_label("Nom", exact=True).fill("Ana Pilote")
    page.get_by_label("Adresse électronique").fill("ana@x.example")
    press(page.get_by_role("main").locator("form button[type=submit], form button").first)
    assert action.pilotes.get().courriel == "ana@x.example"
    return action


def run_every_day(site):
    """What the scheduled command sends: its messages."""
    mail.outbox = []
    call_command("roadmap", site=site, sure=True)  # weeks between two runs, on purpose
    return delivered()


def link_in(message, site):
    return site + message.body.split(site)[1].split()[0]


def answer(page, address, action, button, words=""):
    """Open the link, which says nothing, then one click."""
    before = Evenement.objects.count()
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ma part")
    assert Evenement.objects.count() == before
    part = page.locator("section", has=page.get_by_role("heading", name=action.titre))
    part.get_by_label("Un mot de plus").fill(words)
    part.get_by_role("button", name=button).click()
    expect(page.get_by_text("Merci : le fil de l'action le dit maintenant.")).to_be_visible()


def test_three_months_from_the_decision_to_the_next_committee(site, open_page, session, clock):
    page, pilot = open_page(site), open_page(site, width=320, scripts=False)
    sign_in(page, site, STEERER)
    open_day = decide_and_write(page, site, "Ateliers ouverts", "Ouvrir les ateliers")
    tutor = decide_and_write(page, site, "Un tuteur nommé", "Nommer un tuteur")
    page.goto(f"{site}/cooperation/actions/{open_day.pk}/suivre/")
    page.get_by_label("Organisation", exact=True).select_option("club-demo")
    page.get_by_label("Ce qui est promis").fill("Quatre ateliers ouverts")
    page.get_by_label("Quantité").fill("4")
    page.get_by_label("Unité").fill("ateliers")
    page.get_by_label("Pour le").fill("2026-09-30")
    press(page.get_by_role("button", name="Proposer à l'organisation"))

    # In force from the confirmation of its organisation on, and not before.
    pledge = Engagement.objects.get(quoi="Quatre ateliers ouverts")
    assert pledge.etat == "propose"
    club = open_page(site)
    sign_in(club, site, CLUB)
    club.goto(site + "/organisations/club-demo/engagements/")
    club.get_by_role("button", name="Confirmer : Quatre ateliers ouverts").click()
    expect(club.get_by_text("il est maintenant en vigueur")).to_be_visible()

    # The next reminder is told in advance; nothing leaves the day after, nor before its day.
    page.goto(f"{site}/cooperation/actions/{open_day.pk}/")
    expect(page.get_by_text("prochaine relance le 19 juillet 2026, à Ana Pilote")).to_be_visible()
    for n in (1, 7, 29):
        clock(n)
        assert run_every_day(site) == []

    # One message for the two actions, to the one named pilot; twice the same day, once.
    clock(30)
    (message,) = run_every_day(site)
    assert message.to == ["ana@x.example"]
    assert all(title in message.body for title in ("Ateliers ouverts", "Un tuteur nommé"))
    assert run_every_day(site) == []
    address = link_in(message, site)
    answer(pilot, address, open_day, "C'est bloqué", "aucun car le samedi")
    answer(pilot, address, tutor, "Ça avance comme prévu")
    check_page(open_page(address, width=320))
    pilot.goto(f"{site}/cooperation/actions/{open_day.pk}/")
    expect(pilot.get_by_role("main").get_by_text("Bloquée").first).to_be_visible()

    # The steering team unblocks; the spacing starts again from there.
    clock(45)
    page.context.clear_cookies()
    sign_in(page, site, STEERER)
    page.goto(f"{site}/cooperation/actions/{open_day.pk}/suivre/")
    page.get_by_role("textbox", name="Ce qui s'est passé").fill("Une navette est trouvée")
    page.get_by_label("En cours").check()
    page.get_by_label("Ce qui bloque").fill("")
    press(page.get_by_role("button", name="Inscrire au fil"))
    open_day.refresh_from_db()
    assert (open_day.blocage, open_day.etat) == ("", "en_cours")

    # Thirty days after its own news, only the other action is asked about.
    clock(59)
    assert run_every_day(site) == []
    clock(60)
    (message,) = run_every_day(site)
    assert "Un tuteur nommé" in message.body
    assert "Ateliers ouverts" not in message.body
    answer(pilot, link_in(message, site), tutor, "C'est terminé")
    clock(75)
    (message,) = run_every_day(site)
    assert "Ateliers ouverts" in message.body
    assert "Un tuteur nommé" not in message.body
    answer(pilot, link_in(message, site), open_day, "Ça avance comme prévu")
    # A link that had its answer changes nothing more.
    pilot.goto(address)
    expect(pilot.get_by_text("Cette question a sa réponse").first).to_be_visible()

    # Held, with its evidence: without one, it is refused.
    clock(88)
    club.context.clear_cookies()
    sign_in(club, site, CLUB)
    club.goto(site + "/organisations/club-demo/engagements/")
    card = club.locator("article", has_text="Quatre ateliers ouverts")
    card.get_by_label("Tenu", exact=True).check()
    card.get_by_role("button", name="Enregistrer").click()
    expect(club.get_by_text("Un engagement tenu se montre")).to_be_visible()
    card.get_by_label("Tenu", exact=True).check()
    card.get_by_label("Preuve").fill("quatre comptes rendus")
    card.get_by_role("button", name="Enregistrer").click()
    expect(club.get_by_text("la feuille de route le dit maintenant")).to_be_visible()

    # What the next committee sees: what changed since the last one.
    clock(91)
    committee = open_page(site + "/cooperation/seances/juin/feuille-de-route/")
    committee.get_by_role("link", name="Ce qui a changé depuis le comité du 26 juin 2026").click()
    changed = committee.get_by_role("main")
    for said in ("Un tuteur nommé", "Réalisée", "Quatre ateliers ouverts", "Tenu"):
        expect(changed).to_contain_text(said)
    check_page(committee)
    committee.goto(site + "/cooperation/seances/juin/feuille-de-route/?le=2026-07-20")
    expect(committee.get_by_role("main")).to_contain_text("Bloquée")

    # The bilan: both ideas answered the same day, the one commitment due held in time.
    clock(110)
    committee.goto(site + "/cooperation/seances/juin/bilan/")
    expect(
        committee.get_by_text("Idées ayant reçu une réponse publique : 2 sur 2.")
    ).to_be_visible()
    expect(committee.get_by_text("dont le jour est passé : 1 sur 1.")).to_be_visible()
    # Four answers in all, by nobody who has an account.
    assert Evenement.objects.filter(par=None).count() == 4
