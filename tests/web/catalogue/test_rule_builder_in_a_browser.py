"""Somebody who does not program writes a rule, tries it, publishes it, and meets it in force."""

import pytest
from playwright.sync_api import expect

from tests.web.page_steps import check_page, enter_session, press
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.catalogue.models import Regle
from traitdunion.catalogue.rules.operations import rules_in_force

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_as_editor(site, open_page, client):
    """Function that opens an address of the site, signed in as an editor."""
    organisation = Organisation.objects.create(slug="ici", nom="Guichet d'ici")
    user = User.objects.create(email="editrice@x.example", nom="Éditrice")
    Membership.objects.create(user=user, organisation=organisation, role=Role.EDITEUR)

    def open_(path, **options):
        page = open_page(site, **options)
        enter_session(page, site, client, user)
        page.goto(site + path)
        return page

    return open_


def add(page, label, criterion, button="Ajouter une condition"):
    page.get_by_label(label, exact=True).last.select_option(criterion)
    press(page.get_by_role("button", name=button).last)


def keep_case(page, name, answer):
    page.get_by_label("Garder cette personne comme cas d'essai, sous le nom").fill(name)
    page.get_by_label("Réponse attendue").select_option(label=answer)
    press(page.get_by_role("button", name="Garder ce cas"))


@pytest.mark.parametrize(
    ("width", "scripts", "dark"), [(1280, True, False), (320, False, True)], ids=["desk", "phone"]
)
def test_a_rule_is_built_tried_and_published(open_as_editor, width, scripts, dark):
    page = open_as_editor("/mon-espace/", width=width, scripts=scripts, dark=dark)
    page.get_by_role("link", name="Règles d'aides et de conditions").click()
    page.get_by_role("link", name="Écrire une règle").click()
    add(page, "Première condition", "qf_eur")
    page.get_by_label("Quotient familial : comparaison").select_option("moins_de")
    page.get_by_label("Quotient familial : valeur").fill("beaucoup")
    add(page, "Et aussi", "contrat")
    page.get_by_label("CDI", exact=True).check()
    add(page, "Ou bien", "promesse_embauche", "Ajouter à ce bloc")
    page.locator("input[name$=valeur][value=oui]").check()

    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.get_by_role("alert")).to_contain_text("Remplissez ce champ.")
    expect(page.locator("#conditions")).to_contain_text("« beaucoup » n'est pas un nombre")
    if scripts:
        check_page(page)

    page.get_by_label("Quotient familial : valeur").fill("750")
    page.get_by_label("Nom", exact=True).fill("Prêt du pays")
    page.get_by_label("En une phrase").fill("Une voiture pour trois mois.")
    page.get_by_label("Organisme qui décide").fill("Garage solidaire")
    page.get_by_label("En vigueur à partir du").fill("2026-11-01")
    page.get_by_label("Où est-ce écrit ?").fill("Règlement du garage, 2026")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.get_by_text("est enregistrée")).to_be_visible()
    said = page.get_by_role("region", name="La règle en français")
    expect(said).to_contain_text("moins de 750")
    expect(said).to_contain_text("ou")

    page.get_by_label("Quel est le quotient familial ?").fill("800")
    page.get_by_role("button", name="Essayer").click()
    expect(page.locator(".builder__tried")).to_contain_text("ici : 800")
    page.get_by_label("Quel est le quotient familial ?").fill("700")
    page.get_by_label("Quel est le contrat de travail ?").select_option("cdi")
    page.get_by_role("button", name="Essayer").click()
    expect(page.locator(".builder__tried")).to_contain_text("Oui")
    keep_case(page, "QF de 700", "Oui")
    page.get_by_label("Quel est le quotient familial ?").fill("750")
    keep_case(page, "QF de 750", "Oui")
    cases = page.get_by_role("region", name="Les cas d'essai")
    expect(cases).to_contain_text("« QF de 750 » attend « oui », la règle répond « non »")
    expect(cases.get_by_role("listitem").filter(has_text="Ne tient pas")).to_have_count(1)
    if scripts:
        check_page(page)

    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_text("Brouillon enregistré, et non publié.")).to_be_visible()
    assert Regle.objects.get().statut == "brouillon"
    page.get_by_role("button", name="Retirer le cas QF de 750").click()
    page.get_by_label("Quel est le quotient familial ?").fill("750")
    page.get_by_label("Quel est le contrat de travail ?").select_option("cdi")
    keep_case(page, "QF de 750", "Non")
    expect(cases.get_by_role("listitem").filter(has_text="Ne tient pas")).to_have_count(0)

    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_text("est publiée")).to_be_visible()
    rule = Regle.objects.get()
    assert rule.statut == "publie"
    assert [case["reponse"] for case in rule.cases] == ["oui", "non"]
    assert "pret-du-pays" in rules_in_force().rules
    page.get_by_role("link", name="Règles de Guichet d'ici").click()
    expect(page.get_by_role("link", name="Prêt du pays")).to_be_visible()
    if scripts:
        check_page(page)


def test_the_enter_key_never_takes_a_condition_away(open_as_editor):
    page = open_as_editor("/organisations/ici/regles/nouvelle/", width=320, dark=True)
    add(page, "Première condition", "qf_eur")
    page.get_by_label("Quotient familial : valeur").fill("750")
    page.get_by_label("Quotient familial : valeur").press("Enter")
    page.wait_for_load_state()
    expect(page.get_by_label("Quotient familial : valeur")).to_have_value("750")
    check_page(page)
