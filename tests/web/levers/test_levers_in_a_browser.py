"""From a no to a lever, its proposal, the employer's answer by link, the commitment; the page."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.web.page_steps import check_page, enter_session
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, OutgoingMessage, User
from traitdunion.accounts.outbox.operations import unpack
from traitdunion.cooperation.models import Action, Axe, Engagement, Seance
from traitdunion.desk import queries
from traitdunion.levers.changes import Lever, cost_of
from traitdunion.levers.enums import Acteur, Confiance, Nature
from traitdunion.levers.models import (
    FORM_OF_SEARCH,
    Destinataire,
    Proposition,
    RechercheTerritoire,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUESTION = (
    "/?domicile=Langeac+%2843%29&travail=Le+Puy-en-Velay+%2843%29&jours=lun&jours=mar"
    "&debut=05%3A00&fin=13%3A00&permis=aucun&velo=inconnu&semaine=2026-11-23"
)
PHRASE = "Si le poste commençait à 6 h 25 au lieu de 6 h, le départ de 5 h 40 suffirait."

TOPS = """(() => {
  const all = [...document.querySelectorAll('main *')];
  return all.slice(0, all.indexOf(document.querySelector('[data-load]')) + 1)
    .map(one => one.getBoundingClientRect().top + scrollY);
})()"""
"""Where everything above the place of levers begins, and the place itself."""


def lever(acteur, nature, sentence):
    return Lever(f"{nature}:essai", acteur, nature, sentence,
                 cost_of(nature, on=date(2026, 11, 30)), Confiance.SUR, 5, 25)  # fmt: skip


@pytest.fixture
def team(db):
    """An adviser who also steers, an employer's mailbox, an action of a roadmap."""
    organisation = Organisation.objects.create(slug="ici", nom="Agence d'ici",
                                               courriel="agence@ici.example")  # fmt: skip
    user = User.objects.create(email="conseiller@ici.example", nom="Camille")
    for role in (Role.CONSEILLER, Role.PILOTAGE):
        Membership.objects.create(user=user, organisation=organisation, role=role)
    Destinataire.objects.create(acteur=Acteur.EMPLOYEUR, nom="Scierie de l'Exemple",
                                courriel="scierie@x.example")  # fmt: skip
    seance = Seance.objects.create(
        slug="seance", titre="Coopérer", organisation=organisation, tenue_le=date(2026, 6, 19),
        code="ABC234", etat="ouverte", visibilite="publique", visibilite_feuille="publique",
        ferme_le=datetime(2099, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    axe = Axe.objects.create(seance=seance, ordre=1, titre="Mobilité", question="Comment venir ?")
    return user, Action.objects.create(axe=axe, titre="Venir travailler")


def test_from_a_no_to_a_commitment(open_page, site, client, team, samples, sampled, monkeypatch):
    user, action = team
    sampled.answer = lambda asked: replace(samples.sample_answer(asked), options=())
    collected = [lever(Acteur.EMPLOYEUR, Nature.DECALER_POSTE, PHRASE),
             lever(Acteur.PERSONNE, Nature.PERMIS_AM, "Passez le permis AM.")]  # fmt: skip
    monkeypatch.setattr(queries, "find_levers", lambda situation, network: collected)
    page = open_page(site + QUESTION)
    cards = page.get_by_role("region", name="Ce que chacun peut changer")
    expect(cards).to_contain_text(PHRASE)
    expect(cards.get_by_role("listitem")).to_have_count(2)
    expect(page.locator("[data-load]")).not_to_have_attribute("aria-busy", "true")
    expect(page.get_by_role("status")).to_have_text("2 changements possibles.")
    check_page(page)
    # Behind an account: the message, the recipient, the record.
    enter_session(page, site, client, user)
    cards.get_by_role("link", name=re.compile("Proposer à l'employeur")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Proposer à Scierie de l'Exemple")
    check_page(page)
    page.get_by_role("button", name="Envoyer la proposition").click()
    expect(page.get_by_role("status")).to_contain_text("Scierie de l'Exemple")
    row = Proposition.objects.get()
    assert row.courriel == "scierie@x.example"
    message, _ = unpack(OutgoingMessage.objects.get(to="scierie@x.example"))
    link = re.search(r"https?://\S+/proposition/\S+", message).group()
    # The employer, without an account.
    other = open_page(site + "/proposition/" + link.rsplit("/proposition/", 1)[1])
    expect(other.get_by_role("heading", level=1)).to_contain_text("Agence d'ici")
    check_page(other)
    other.get_by_label("Oui", exact=True).check()
    other.get_by_role("button", name="Envoyer ma réponse").click()
    expect(other.get_by_role("main")).to_contain_text("Merci, votre réponse est enregistrée.")
    # The roadmap.
    page.goto(f"{site}/cooperation/actions/{action.pk}/leviers/")
    page.get_by_label(re.compile("Si le poste")).check()
    page.get_by_label("Pour le").fill("2027-01-04")
    check_page(page)
    page.get_by_role("button", name="En faire un engagement").click()
    expect(page.get_by_role("region", name="Engagements")).to_contain_text("Scierie de l'Exemple")
    commitment = Engagement.objects.get()
    assert (commitment.etat, commitment.proposition) == ("confirme", row.pk)
    # The same question at the new hours: a yes.
    sampled.answer = samples.sample_answer
    monkeypatch.setattr(queries, "find_levers", lambda situation, network: [])
    page.goto(site + QUESTION.replace("05%3A00", "08%3A00").replace("13%3A00", "16%3A00"))
    expect(page.get_by_role("region", name="Ce que chacun peut changer")).to_have_count(0)
    expect(page.locator("#titre-reponses")).not_to_contain_text("Rien ne convient")


@pytest.fixture
def refused(sampled, samples, monkeypatch):
    """Nothing is held, one change would unlock it."""
    sampled.answer = lambda asked: replace(samples.sample_answer(asked), options=())
    collected = [lever(Acteur.EMPLOYEUR, Nature.DECALER_POSTE, PHRASE)]
    monkeypatch.setattr(queries, "find_levers", lambda situation, network: collected)


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_above_the_place_of_levers_moves_as_they_come(open_page, site, width):
    page = open_page(site + "/", width=width)
    held = []
    page.route("**/debloquer/**", lambda route: held.append(route))
    page.goto(site + QUESTION)
    place = page.locator("[data-load]")
    expect(place).to_have_attribute("aria-busy", "true")
    expect(place.get_by_role("status")).to_have_text("Recherche en cours…")
    expect(place.get_by_role("link")).to_be_hidden()
    check_page(page)
    before = page.evaluate(TOPS)
    held[0].continue_()
    expect(place).to_contain_text(PHRASE)
    assert page.evaluate(TOPS) == before
    check_page(page)


@pytest.mark.usefixtures("refused")
def test_what_cannot_be_searched_leaves_its_link(open_page, site):
    page = open_page(site + "/", complains=False)  # what is refused is logged as an error
    page.route("**/debloquer/**", lambda route: route.abort())
    page.goto(site + QUESTION)
    place = page.locator("[data-load]")
    expect(place.get_by_role("status")).to_have_text("La recherche n'a pas abouti.")
    page.unroute("**/debloquer/**")
    place.get_by_role("link", name="Ce que chacun peut changer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce qui débloquerait")
    expect(page.get_by_role("main")).to_contain_text(PHRASE)
    check_page(page)
    page.get_by_role("link", name="Revenir aux réponses").click()
    expect(page.locator("#titre-reponses")).to_be_visible()


@pytest.mark.usefixtures("refused")
def test_without_scripts_a_link_gives_the_same_part(open_page, site):
    page = open_page(site + QUESTION, scripts=False)
    page.get_by_role("link", name="Ce que chacun peut changer").click()
    expect(page.get_by_role("region", name="Ce que chacun peut changer")).to_contain_text(PHRASE)


@pytest.fixture
def searched(db):
    """Two levers and a curve of three budgets, as a search keeps them."""

    def row(key, actor, kind, sentence, people, each, cost):
        return {
            "key": key, "actor": actor, "kind": kind, "sentence": sentence, "people": people,
            "people_text": str(people), "each_text": f"{each} €", "eur_per_person": each,
            "cost_eur_year": cost, "cost_text": "sans coût public", "delay": "4 semaines",
            "delay_weeks": 4, "confidence": "sur", "confidence_label": "sûr", "bars": 3,
            "change": {}, "compared": {"lost": {"people": 0}},
        }  # fmt: skip

    def point(budget, people, levers):
        return {
            "budget_eur": budget, "levers": levers, "people": people, "people_rounded": people,
            "people_least": people, "people_text": f"{people:,}".replace(",", "\xa0"),
            "least_text": str(people), "cost_eur_year": budget, "gap": 0.0,
            "compared": {"lost": {"pairs": 0, "people": 0}},
        }  # fmt: skip

    rows = [
        row("a", "employeur", "decaler_poste", PHRASE, 340, 0.0, 0.0),
        row("b", "region", "ajouter_course", "Ajoutez un départ à 4 h 40.", 1180, 27.1, 32000.0),
    ]
    curve = [point(0.0, 340, ["a"]), point(32000.0, 1520, ["a", "b"])]
    return RechercheTerritoire.objects.create(
        resultat={"form": FORM_OF_SEARCH, "people": "habitants", "jobs": "emplois",
                  "candidates": 2400, "levers": rows, "levers_more": 0, "curve": curve},
        reseau="essai", calculee_le=timezone.now(),
    )  # fmt: skip


@pytest.mark.usefixtures("searched")
@pytest.mark.parametrize("width", [1280, 360])
def test_the_territory_s_page_and_its_budget(open_page, site, width):
    page = open_page(site + "/leviers/?budget=0")
    page.set_viewport_size({"width": width, "height": 900})
    aside = page.locator("aside.panel")
    expect(aside).to_contain_text("340 habitants")
    slider = page.get_by_role("slider")
    slider.fill("32000")
    page.get_by_role("button", name="Recalculer le panier").click()
    expect(aside.get_by_role("heading", level=2)).to_contain_text("32")
    aside.get_by_text("La Région : 1").click()
    expect(aside.get_by_text("Ajoutez un départ à 4 h 40.")).to_be_visible()
    expect(aside).to_contain_text("32 000 €")
    page.get_by_label("Acteur").select_option("region")
    page.get_by_role("button", name="Afficher").click()
    expect(page.locator(".lever-row")).to_have_count(1)
    page.get_by_text("En tableau").click()
    expect(page.get_by_role("table")).to_contain_text("32")
    check_page(page)
