"""The follow-up as an adviser meets it: from an answer to the file of a person."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.desk.followup import operations
from traitdunion.desk.followup.snapshots import document_of
from traitdunion.desk.models import Parcours

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE_OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4"],
    }
}
QUESTION = (
    "/?domicile=Langeac+%2843%29&travail=Le+Puy-en-Velay+%2843%29&jours=lun&jours=mar"
    "&debut=08%3A00&fin=16%3A00&permis=aucun&velo=inconnu&semaine=2026-11-23"
)
SUMMARY = {
    "days": "du lundi au vendredi",
    "hours": "8 h – 16 h",
    "person": "Sans permis",
    "bike": "sans vélo",
    "week": "23 novembre 2026",
}


@pytest.fixture
def adviser(db):
    user = User.objects.create(email="conseiller@ici.example", nom="Camille")
    organisation = Organisation.objects.create(slug="ici", nom="Agence d'ici")
    for role in (Role.CONSEILLER, Role.MMS, Role.DPO):
        Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


@pytest.fixture
def parcours(adviser, samples):
    row = operations.open_parcours(
        by=adviser, organisation=Organisation.objects.get(), initiales="AB", annee_naissance=1990,
        situations=["6", "7"], objectifs=["4", "7"], prioritaire=True, now=timezone.now(),
        answer=document_of(samples.sample_answer(), SUMMARY),
    )  # fmt: skip
    told = {"nom": "Anne Fictive", "telephone": "06 00 00 00 00", "courriel": "a@b.example"}
    return operations.agree(by=adviser, parcours=row, now=timezone.now(), **told)


def sign_in(page, site, client, user):
    client.force_login(user)
    value = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": value, "url": site}])


def assert_clean(page, width):
    results = Axe().run(page, options=AXE_OPTIONS)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_on_the_pages_of_files(
    site, open_page, client, adviser, parcours, width, dark
):
    page = open_page(site + "/compte/connexion/", width=width, dark=dark)
    sign_in(page, site, client, adviser)
    for path in (
        QUESTION,
        "/organisations/ici/parcours/",
        "/organisations/ici/parcours/nouveau/",
        f"/parcours/{parcours.pk}/",
        f"/parcours/{parcours.pk}/besoin/",
        f"/parcours/{parcours.pk}/accord/",
        f"/parcours/{parcours.pk}/journal/",
        "/organisations/ici/protection/",
    ):
        page.goto(site + path)
        assert_clean(page, width)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_adviser_keeps_an_answer_in_a_file(site, open_page, client, adviser, scripts):
    page = open_page(site + "/compte/connexion/", scripts=scripts)
    sign_in(page, site, client, adviser)
    page.goto(site + QUESTION)
    page.get_by_role("button", name="Ouvrir un parcours avec cette réponse").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ouvrir un parcours")
    page.get_by_label("Initiales").fill("a.b.")
    page.get_by_label("Année de naissance").fill("1990")
    page.get_by_label("Faire un point complet sur sa mobilité").check()
    page.get_by_role("button", name="Ouvrir le parcours").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A.B., 1990")
    expect(page.get_by_role("heading", name="Train et marche").first).to_be_visible()
    assert Parcours.objects.get().answers.count() == 1
