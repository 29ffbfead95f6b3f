"""Words that others read, kept outside sessions: checked when written, corrected, erased."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from tests.accounts.conftest import create_people
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation
from traitdunion.accounts.shared_words import PERSONAL
from traitdunion.cooperation import shared_words
from traitdunion.cooperation.enums import Geste
from traitdunion.cooperation.models import Action, Axe, Engagement, Moderation, Seance
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.retention import SESSION_KEPT, forget_due
from traitdunion.cooperation.roadmap.accepted_levers import commit_from_lever
from traitdunion.employers.clubs.operations import Record, record_meeting
from traitdunion.employers.errors import EmployersError
from traitdunion.employers.models import Club, DemandeSite, Rencontre
from traitdunion.housing.enums import Volet
from traitdunion.housing.errors import HousingError
from traitdunion.housing.models import Etape
from traitdunion.housing.plans.operations import (
    FORGOTTEN,
    Household,
    add_step,
    close_plan,
    open_plan,
)
from traitdunion.levers.enums import EtatProposition
from traitdunion.levers.models import Proposition
from traitdunion.levers.operations import LeverError, reply

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
DAY = date(2026, 12, 15)
NAMED = "Oui si Madame Durand, renvoyée de chez nous, ne revient pas"
PHONE = "Appelez le 06 12 34 56 78"


@pytest.fixture(scope="module")
def kept(kept_database):
    """People of two organisations, and words of each table that others read."""
    people = create_people()
    ici, adviser = people.ici, people["conseiller", "ici"]
    proposal = Proposition.objects.create(
        cle="x", acteur="employeur", nature="decaler_poste", phrase="Commencer à 6 h 25",
        message="Est-ce possible ?", cout="0", delai="1 mois", confiance="sur", organisation=ici,
        destinataire="Atelier", courriel="atelier@x.example", envoyee_le=NOW,
    )  # fmt: skip
    plan = open_plan(
        by=adviser, organisation=ici, now=NOW, household=Household(communes=[], personnes=2)
    )
    step = add_step(
        by=adviser, plan=plan, volet=Volet.EMPLOI, partenaire=people.ailleurs,
        quoi="Recevoir bientôt Madame Durand", pour_le=DAY, now=NOW,
    )  # fmt: skip
    club = Club.objects.create(
        slug="club", nom="Club", organisation=ici, secteur="industrie", taille="toutes"
    )
    meeting = Rencontre.objects.create(club=club, titre="Petit déjeuner", tenue_le=NOW.date())
    asked = DemandeSite.objects.create(
        organisation=ici, nature="immersion", precision="Le lundi", demandee_le=NOW
    )
    seance = Seance.objects.create(
        slug="s", titre="S", organisation=ici, code="ABC234", tenue_le=NOW.date()
    )
    axe = Axe.objects.create(seance=seance, ordre=1, titre="A", question="?")
    action = Action.objects.create(axe=axe, titre="Agir")
    return people, {"proposition": proposal, "etape": step, "rencontre": meeting,
                    "demandesite": asked, "action": action}  # fmt: skip


@pytest.fixture
def people(kept, db):
    return kept[0]


@pytest.fixture
def rows(kept, db):
    for row in kept[1].values():
        row.refresh_from_db()
    return kept[1]


def page_of(client, people, role="conseiller", slug="ici"):
    client.force_login(people[role, slug])
    return reverse("cooperation:shared-words", kwargs={"organisation": slug})


def test_a_number_or_an_address_is_refused_as_it_is_written(people, rows):
    adviser = people["conseiller", "ici"]
    with pytest.raises(LeverError, match="numéro ou une adresse"):
        reply(proposal=rows["proposition"], etat=EtatProposition.NON, reponse=PHONE, now=NOW)
    with pytest.raises(HousingError, match="numéro ou une adresse"):
        add_step(
            by=adviser, plan=rows["etape"].plan, volet=Volet.EMPLOI, partenaire=people.ailleurs,
            quoi=PHONE, pour_le=DAY, now=NOW,
        )  # fmt: skip
    outcome = Record(held=True, minutes=20, spoke=[], ideas=PHONE)
    with pytest.raises(EmployersError, match="numéro ou une adresse"):
        record_meeting(meeting=rows["rencontre"], outcome=outcome, now=NOW)


@pytest.mark.parametrize(
    "model", list(shared_words.sharing_models()), ids=lambda value: value.__name__
)
def test_each_table_names_its_columns_and_who_answers_for_them(model):
    shared = shared_words.declared(model)
    for name in shared.columns:
        assert not PERSONAL.search(model._meta.get_field(name).verbose_name)
    field = model
    for name in shared.organisation.split("__"):
        field = field._meta.get_field(name).related_model
    assert field is Organisation


def test_a_correction_goes_where_the_words_went(people, rows):
    row = reply(
        proposal=rows["proposition"], etat=EtatProposition.CONDITIONS, reponse=NAMED, now=NOW
    )
    pilot = people["pilotage", "ici"]
    commitment = commit_from_lever(
        by=pilot, action=rows["action"], proposal=row, pour_le=DAY, site="https://x.fr", now=NOW
    )
    assert "Durand" in commitment.quoi
    words = {"message": row.message, "reponse": "Oui à cette condition"}
    shared_words.correct(by=pilot, row=row, words=words, now=NOW)
    commitment = Engagement.objects.get(pk=commitment.pk)
    assert commitment.quoi == "Commencer à 6 h 25 (Oui à cette condition)"
    assert not commitment.evenements.filter(contenu__icontains="Durand").exists()
    shared_words.erase(by=pilot, row=row, motif=shared_words.REASONS[1], now=NOW)
    commitment.refresh_from_db()
    row.refresh_from_db()
    assert commitment.quoi == "Commencer à 6 h 25"
    assert (row.message, row.reponse) == (shared_words.ERASED, shared_words.ERASED)
    trace = Moderation.objects.filter(organisation=people.ici).order_by("pk")
    assert [(correction.geste, correction.par, correction.mots) for correction in trace] == [
        (Geste.CORRIGER, pilot, {}), (Geste.EFFACER, pilot, {})
    ]  # fmt: skip
    forget_due(now=NOW + SESSION_KEPT)
    assert trace.all().count() == 2
    forget_due(now=NOW + 2 * SESSION_KEPT)
    assert not trace.all().exists()


def test_who_writes_the_words_corrects_them_and_the_partner_reads_the_correction(
    client, people, rows
):
    address = page_of(client, people)
    text = client.get(address).content.decode()
    assert "Recevoir bientôt [nom masqué]" in text
    step = rows["etape"]
    sent = {"mots": f"etape-{step.pk}", "faire": "corriger", "mot-quoi": "Recevoir la personne"}
    assert client.post(address, sent).status_code == 302
    client.force_login(people["conseiller", "ailleurs"])
    steps = client.get(reverse("housing:steps", kwargs={"organisation": "ailleurs"}))
    assert "Recevoir la personne" in steps.content.decode()
    assert "Durand" not in steps.content.decode()


def test_each_sees_the_tables_they_may_write_in_their_organisation(client, people, rows):
    for role, kinds in (
        ("conseiller", {"proposition", "etape", "demandesite"}),
        ("mms", {"proposition", "demandesite"}),
        ("administrateur", {"rencontre"}),
    ):
        page = client.get(page_of(client, people, role))
        assert {group["kind"] for group in page.context["groups"]} == kinds
    elsewhere = client.get(page_of(client, people, "conseiller", "ailleurs"))
    assert elsewhere.context["groups"] == []


@pytest.mark.parametrize(("role", "slug"), [("mms", "ici"), ("conseiller", "ailleurs")])
def test_nobody_corrects_what_they_may_not_write(client, people, rows, role, slug):
    address, step = page_of(client, people, role, slug), rows["etape"]
    client.post(address, {"mots": f"etape-{step.pk}", "faire": "corriger", "mot-quoi": "Autre"})
    assert Etape.objects.get(pk=step.pk).quoi == step.quoi
    with pytest.raises(PermissionDenied):
        shared_words.correct(by=people[role, slug], row=step, words={"quoi": "Autre"}, now=NOW)


def test_a_correction_is_checked_and_an_erasure_has_its_reason(people, rows):
    adviser, step = people["conseiller", "ici"], rows["etape"]
    with pytest.raises(CooperationError, match="numéro"):
        shared_words.correct(by=adviser, row=step, words={"quoi": PHONE}, now=NOW)
    with pytest.raises(CooperationError, match="motif"):
        shared_words.erase(by=adviser, row=step, motif="Parce que", now=NOW)


def test_a_closed_plan_keeps_no_words_of_its_steps(people, rows):
    close_plan(by=people["conseiller", "ici"], plan=rows["etape"].plan, now=NOW)
    assert Etape.objects.get(pk=rows["etape"].pk).quoi == FORGOTTEN


def test_a_person_without_the_role_does_not_open_the_page(client, people):
    Membership.objects.filter(user=people["conseiller", "ici"]).update(role=Role.DPO)
    assert client.get(page_of(client, people)).status_code == 403
