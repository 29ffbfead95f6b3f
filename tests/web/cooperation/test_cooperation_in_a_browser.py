"""Cooperation in a real browser: every screen with axe, narrow and wide; a session with phones."""

import pytest
from playwright.sync_api import expect

from tests.web.cooperation_steps import declare, half_day
from tests.web.page_steps import check_page, sign_in, unfold
from traitdunion.cooperation.models import Action, AvisIdee, Idee

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["half_day"]


@pytest.mark.parametrize("width", [320, 1280])
def test_every_screen_check_page(site, open_page, half_day, width):
    session = f"/cooperation/seances/{half_day.pk}/"
    action, idea = Action.objects.filter(parent=None)[1], Idee.objects.current().first()
    page = open_page(site + "/cooperation/", width=width)
    check_page(page)
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
        f"/cooperation/feuille-de-route/{half_day.tenue_le.year}/",
        "/evaluer/",
        "/participer/",
        "/participer/VELAY2/",
    ):
        page.goto(site + address)
        check_page(page)
    declare(page, site, "État")
    check_page(page)
    sign_in(page, site, "pilotage@demo.example")
    for address in (
        session + "feuille-de-route/?vue=tableau",
        session + "animer/",
        session + "saisie/",
        session + "bulletins/",
        session + "preparer/",
        session + "invites/",
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
        f"/cooperation/actions/{action.pk}/fiche/releves/",
    ):
        page.goto(site + address)
        unfold(page)
        check_page(page)
    page.goto(site + session + "preparer/")
    page.get_by_role("button", name="Répéter avec des invités robots").click()
    page.get_by_role("button", name="Faire parler les robots").click()
    unfold(page)
    check_page(page)
    page.context.clear_cookies()
    sign_in(page, site, "club@demo.example")
    page.goto(site + "/organisations/club-demo/engagements/")
    expect(page.get_by_role("heading", name="À confirmer (2)")).to_be_visible()
    check_page(page)


def test_two_phones_without_scripts_and_a_scribe(site, open_page, half_day):
    phones = [open_page(site, width=360, scripts=False) for _ in range(2)]
    for phone in phones:
        declare(phone, site, "Employeurs")
    text = "Un petit-déjeuner des employeurs et des demandeurs d'emploi"
    phones[0].get_by_label("Votre idée : Employeurs").fill(text)
    phones[0].get_by_role("button", name="Envoyer : Employeurs").click()
    expect(phones[0].get_by_text("Votre idée est enregistrée")).to_be_visible()
    for phone, opinion in zip(phones, ("Je passe", "D'accord"), strict=True):
        phone.reload()
        phone.get_by_text("Donner son avis sur les idées").click()
        phone.get_by_text("Toutes les idées").click()
        phone.get_by_role("link", name=text).click()
        button = phone.get_by_role("button", name=f"{opinion} : {text}", exact=True)
        button.click()
        expect(phone.get_by_text(f"Compté : {opinion.lower()}.")).to_be_visible()
    given = AvisIdee.objects.filter(idee__texte=text).values_list("avis", flat=True)
    assert sorted(given) == ["accord", "passe"]

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

    # Two voices are too few to be shown by college.
    idea = Idee.objects.get(texte=text)
    scribe.goto(f"{site}/cooperation/idees/{idea.pk}/")
    expect(scribe.get_by_text("l'accord n'est pas montré")).to_be_visible()


def test_a_commitment_lives_from_its_proposal_to_its_proof(site, open_page, half_day):
    club = open_page(site)
    sign_in(club, site, "club@demo.example")
    club.get_by_role("link", name="Engagements").click()
    club.get_by_role("button", name="Confirmer : Employeurs qui nomment un tuteur").click()
    expect(club.get_by_text("il est maintenant en vigueur")).to_be_visible()
    club.get_by_label("Tenu en partie").check()
    club.get_by_label("Commentaire").fill("Neuf employeurs sur quinze")
    club.get_by_role("button", name="Enregistrer : Employeurs").click()
    expect(club.get_by_text("la feuille de route le dit maintenant")).to_be_visible()
    public = open_page(f"{site}/cooperation/seances/{half_day.pk}/feuille-de-route/")
    expect(public.get_by_text("Tenu en partie")).to_be_visible()
