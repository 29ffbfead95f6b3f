"""Cooperation in a real browser: every screen with axe, narrow and wide; a session with phones."""

import pytest
from playwright.sync_api import expect

from tests.web.cooperation_steps import declare, half_day, is_sound, sign_in
from traitdunion.cooperation.models import Action, AvisIdee, Idee

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["half_day"]


@pytest.mark.parametrize("width", [320, 1280])
def test_every_screen_is_sound(site, open_page, half_day, width):
    session = f"/cooperation/seances/{half_day.pk}/"
    action, idea = Action.objects.filter(parent=None)[1], Idee.objects.current().first()
    page = open_page(site + "/cooperation/", width=width)
    is_sound(page)
    for address in (
        session,
        session + "feuille-de-route/?depuis=2020-01-01",
        session + "feuille-de-route/?vue=tableau",
        session + "feuille-de-route/?vue=calendrier",
        session + "feuille-de-route/?vue=frise&epci=CC+Loire-Semène&retard=oui",
        session + "filiation/",
        session + "ressaisie/",
        session + "qualite/",
        f"/cooperation/actions/{action.pk}/",
        session + "bilan/",
        "/evaluer/",
        "/participer/",
        "/participer/VELAY2/",
    ):
        page.goto(site + address)
        is_sound(page)
    declare(page, site, "État")
    is_sound(page)
    sign_in(page, site, "pilotage@demo.example")
    for address in (
        session + "feuille-de-route/?vue=tableau",
        session + "animer/",
        session + "saisie/",
        session + "bulletins/",
        f"/cooperation/idees/{idea.pk}/",
        f"/cooperation/actions/{action.pk}/suivre/",
        f"/cooperation/actions/{action.pk}/fiche/",
        f"/cooperation/actions/{action.pk}/fiche/essentiel/",
        f"/cooperation/actions/{action.pk}/fiche/etape/",
        f"/cooperation/actions/{action.pk}/fiche/pilote/",
        f"/cooperation/actions/{action.pk}/fiche/partenaire/",
        f"/cooperation/actions/{action.pk}/fiche/budget/",
        f"/cooperation/actions/{action.pk}/fiche/indicateur/",
        f"/cooperation/actions/{action.pk}/fiche/releve/",
    ):
        page.goto(site + address)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        is_sound(page)
    page.context.clear_cookies()
    sign_in(page, site, "club@demo.example")
    page.goto(site + "/organisations/club-demo/engagements/")
    expect(page.get_by_role("heading", name="À confirmer (2)")).to_be_visible()
    is_sound(page)


def test_six_phones_and_a_scribe_then_the_agreement_of_a_college(site, open_page, half_day):
    phones = [open_page(site, width=360, scripts=False) for _ in range(6)]
    for phone in phones:
        declare(phone, site, "Employeurs")
    text = "Un petit-déjeuner des employeurs et des demandeurs d'emploi"
    phones[0].get_by_label("Votre idée : Employeurs").fill(text)
    phones[0].get_by_role("button", name="Envoyer : Employeurs").click()
    expect(phones[0].get_by_text("Votre idée est enregistrée")).to_be_visible()
    for n, phone in enumerate(phones):
        phone.reload()
        opinion = "Je passe" if n == 5 else "D'accord"
        button = phone.get_by_role("button", name=f"{opinion} : {text}", exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
    assert AvisIdee.objects.filter(idee__texte=text).count() == 6

    scribe = open_page(site + "/cooperation/")
    sign_in(scribe, site, "pilotage@demo.example")
    scribe.goto(f"{site}/cooperation/seances/{half_day.pk}/saisie/")
    scribe.get_by_label("Table", exact=True).fill("9")
    scribe.keyboard.press("Tab")
    scribe.keyboard.type("Une visite avant de signer\nUn tuteur nommé")
    scribe.keyboard.press("Tab")
    scribe.keyboard.press("Enter")
    expect(scribe.get_by_text("Table 9 : 2 idées enregistrées.")).to_be_visible()
    expect(scribe.get_by_label("Table", exact=True)).to_have_value("9")

    idea = Idee.objects.get(texte=text)
    scribe.goto(f"{site}/cooperation/idees/{idea.pk}/")
    # Five agree, one passes: (5 + 1) / (6 + 2).
    expect(scribe.get_by_text("Accord partagé : 0,75")).to_be_visible()
    expect(
        scribe.get_by_text("Employeurs : 5 d'accord, 0 pas d'accord, 1 sans avis")
    ).to_be_visible()


def test_a_commitment_lives_from_its_proposal_to_its_proof(site, open_page, half_day):
    club = open_page(site)
    sign_in(club, site, "club@demo.example")
    club.get_by_role("link", name="Engagements").click()
    club.get_by_role("button", name="Confirmer : Employeurs qui nomment un tuteur").click()
    expect(club.get_by_text("il est maintenant en vigueur")).to_be_visible()
    club.get_by_label("Tenu en partie").check(force=True)
    club.get_by_label("Commentaire").fill("Neuf employeurs sur quinze")
    club.get_by_role("button", name="Enregistrer : Employeurs").click()
    expect(club.get_by_text("la feuille de route le dit maintenant")).to_be_visible()
    public = open_page(f"{site}/cooperation/seances/{half_day.pk}/feuille-de-route/")
    expect(public.get_by_text("Tenu en partie")).to_be_visible()
