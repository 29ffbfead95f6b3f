"""The follow-up as people meet it: a file, an orientation, a structure that answers by its link."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.drawn import without_drawn
from tests.web.page_steps import check_page, enter_session
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.catalogue.models import Solution, Structure
from traitdunion.desk.followup import operations, orientations, tasks
from traitdunion.desk.followup.operations import Person
from traitdunion.desk.followup.orientations import Reply
from traitdunion.desk.followup.snapshots import document_of
from traitdunion.desk.models import Orientation, Parcours

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
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
    for role in (Role.CONSEILLER, Role.MMS, Role.PILOTAGE, Role.DPO, Role.ADMINISTRATEUR):
        Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


@pytest.fixture
def parcours(adviser, samples):
    row = operations.open_parcours(
        by=adviser,
        organisation=Organisation.objects.get(),
        now=timezone.now(),
        answer=document_of(samples.sample_answer(), SUMMARY),
        person=Person(
            initiales="AB",
            annee_naissance=1990,
            situations=["6", "7"],
            objectifs=["4", "7"],
            prioritaire=True,
        ),
    )
    fields = {"nom": "Anne Fictive", "telephone": "06 00 00 00 00", "courriel": "a@b.example"}
    return operations.agree(by=adviser, parcours=row, now=timezone.now(), **fields)


@pytest.fixture
def solutions(db):
    """A garage and a bicycle workshop, with their addresses."""
    collected = []
    for key, nom in (("garage", "Prêt de scooter"), ("atelier", "Prêt de vélo")):
        structure = Structure.objects.create(
            id=key, nom=f"Structure {key}", courriel=f"{key}@structure.example"
        )
        collected.append(
            Solution.objects.create(
                id=key, structure=structure, nom=nom, cle=f" pret de {key}", statut="publie",
                type_solution="location_velo",
            )
        )  # fmt: skip
    return collected


def sent_to(mailbox, address):
    """Return the messages that an address received, the oldest first."""
    return [message for message in mailbox if str(message["To"]) == address]


def link_in(message):
    return next(word for word in message.get_content().split() if word.startswith("http"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_on_the_pages_of_files(
    site, open_page, client, adviser, parcours, width, dark
):
    page = open_page(site + "/compte/connexion/", width=width, dark=dark)
    enter_session(page, site, client, adviser)
    for path in (
        QUESTION,
        "/organisations/ici/ce-matin/",
        "/organisations/ici/parcours/",
        "/organisations/ici/parcours/nouveau/",
        f"/parcours/{parcours.pk}/",
        f"/parcours/{parcours.pk}/besoin/",
        f"/parcours/{parcours.pk}/accord/",
        f"/parcours/{parcours.pk}/clore/",
        f"/parcours/{parcours.pk}/journal/",
        "/organisations/ici/protection/",
        "/organisations/ici/rendez-vous/",
    ):
        page.goto(site + path)
        check_page(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_adviser_keeps_an_answer_in_a_file(site, open_page, client, adviser, scripts):
    page = open_page(site + "/compte/connexion/", scripts=scripts)
    enter_session(page, site, client, adviser)
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


def orient(page, text, solution):
    page.get_by_label("Chercher une autre solution").fill(text)
    page.get_by_role("button", name="Chercher").click()
    page.get_by_label(solution).check()
    page.get_by_role("button", name="Envoyer l'orientation").click()
    expect(page.get_by_role("status")).to_contain_text("Orientation enregistrée")


def test_refused_by_the_link_then_accepted_elsewhere(
    site, open_page, client, adviser, parcours, solutions, mailbox
):
    page = open_page(site + "/compte/connexion/")
    enter_session(page, site, client, adviser)
    page.goto(f"{site}/parcours/{parcours.pk}/")
    page.get_by_role("link", name="Orienter", exact=True).click()
    orient(page, "garage", "Prêt de scooter")
    (asked,) = sent_to(mailbox, "garage@structure.example")

    structure = open_page(link_in(asked))
    expect(structure.get_by_text("Anne Fictive")).to_be_visible()
    structure.get_by_label("Nous refusons").check()
    structure.get_by_label("Motif, en cas de refus").select_option("Plus de place ou de véhicule")
    structure.get_by_role("button", name="Envoyer la réponse").click()
    expect(structure.get_by_role("heading", level=1)).to_have_text("Votre réponse est envoyée")
    assert structure.context.cookies() == []

    (refused,) = sent_to(mailbox, "conseiller@ici.example")
    page.goto(link_in(refused))
    expect(page.get_by_text("plus de place ou de véhicule")).to_be_visible()
    page.get_by_role("link", name="Orienter ailleurs").click()
    orient(page, "atelier", "Prêt de vélo")
    (asked,) = sent_to(mailbox, "atelier@structure.example")
    other = open_page(link_in(asked))
    other.get_by_label("Nous acceptons").check()
    other.get_by_role("button", name="Envoyer la réponse").click()
    # The request stays readable by its link, with a date to propose and without a cookie.
    expect(other.get_by_text("Anne Fictive")).to_be_visible()
    other.get_by_label("Quel jour").fill("2999-01-04")
    other.get_by_label("À quelle heure").fill("14:30")
    other.get_by_role("button", name="Proposer cette date").click()
    expect(other.get_by_text("Le 4 janvier 2999 à 14\u00a0h\u00a030")).to_be_visible()
    check_page(other)
    assert other.context.cookies() == []
    page.goto(f"{site}/parcours/{parcours.pk}/")
    expect(page.get_by_text("Acceptée")).to_be_visible()
    for message in mailbox:
        said = without_drawn(str(message["Subject"]) + message.get_content())
        assert not any(secret in said for secret in ("Anne", "Fictive", "A.B", "1990"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_on_the_pages_of_orientations(
    site, open_page, client, adviser, parcours, solutions, width, dark, mailoutbox
):
    organisation = Organisation.objects.get()
    Structure.objects.update(organisation=organisation)
    orientation, sent = orientations.orient(
        by=adviser, parcours=parcours, solution=solutions[0], message="Pour décembre.",
        now=timezone.now(),
    )  # fmt: skip
    Structure.objects.filter(pk="atelier").update(courriel="")
    solutions[1].refresh_from_db()
    waiting, _ = orientations.orient(
        by=adviser, parcours=parcours, solution=solutions[1], message="", now=timezone.now()
    )
    page = open_page(site + "/compte/connexion/", width=width, dark=dark)
    enter_session(page, site, client, adviser)
    for path in (
        f"/parcours/{parcours.pk}/",
        f"/parcours/{parcours.pk}/orienter/?q=pret",
        f"/orientations/{orientation.pk}/",
        f"/orientations/{waiting.pk}/",
        f"/orientations/{orientation.pk}/repondre/",
        "/organisations/ici/orientations/recues/",
        "/organisations/ici/orientations/a-relire/",
        "/organisations/ici/courriels/",
        f"/repondre/{sent.token}/",
        "/orientations/merci/",
        "/orientations/inscrite/",
        "/orientations/nouveau-lien/",
    ):
        page.goto(site + path)
        check_page(page)
    lost = open_page(site + "/repondre/jamais-vu/", width=width, dark=dark, complains=False)
    check_page(lost)


def accept(adviser, parcours, solution):
    _, sent = orientations.orient(
        by=adviser, parcours=parcours, solution=solution, message="", now=timezone.now()
    )
    return orientations.answer_by_link(token=sent.token, reply=Reply(True), now=timezone.now())


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_on_the_pages_of_what_becomes_of_people(
    site, open_page, client, adviser, parcours, solutions, width, dark, mailoutbox
):
    to_start = accept(adviser, parcours, solutions[0])
    asked = accept(adviser, parcours, solutions[1])
    long_ago = timezone.localdate() - timedelta(days=40)
    Orientation.objects.filter(pk=asked.pk).update(started_on=long_ago)
    tasks.run(now=timezone.now(), site=site, kept_days=730)
    page = open_page(site + "/compte/connexion/", width=width, dark=dark)
    enter_session(page, site, client, adviser)
    for path in (
        f"/orientations/{to_start.pk}/",
        f"/orientations/{asked.pk}/",
        "/organisations/ici/suivi/",
        "/organisations/ici/protection/",
        f"/parcours/{parcours.pk}/effacer/",
    ):
        page.goto(site + path)
        check_page(page)
