"""A plan housing, job and mobility: each partner sees its step, cell by cell, and nothing else."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.housing.enums import Volet
from traitdunion.housing.errors import HousingError
from traitdunion.housing.models import Etape, Plan
from traitdunion.housing.plans.operations import (
    Household,
    add_step,
    close_plan,
    open_plan,
    record_outcome,
    report_step,
)
from traitdunion.housing.plans.visibility import SEEN, Cell, table_in_markdown
from traitdunion.housing.retention import PLAN_KEPT, forget_due

pytestmark = pytest.mark.django_db
DOCUMENT = Path(__file__).resolve().parents[2] / "docs/reference/aipd.md"
# Written by hand beside the table of the code: what each cell shows of the plan below.
SHOWN = {
    Cell.REFERENCE_SIAO: "SIAO-4271", Cell.PERSONNES: ">3<", Cell.COMMUNES: "Langeac",
    Cell.LIEU_TRAVAIL: "Brioude", Cell.HORAIRES: "lundi au vendredi, 5 h",
    Cell.LOGEE_LE: "5 novembre 2026", Cell.EN_EMPLOI_LE: "16 novembre 2026",
    Cell.REFERENT: "keeper@ofs.example",
}  # fmt: skip
MAY_SEE = {
    Volet.SIAO: "reference_siao personnes communes logee_le referent",
    Volet.LOGEMENT: "personnes communes logee_le referent",
    Volet.ACTION_LOGEMENT: "personnes communes logee_le en_emploi_le referent",
    Volet.EMPLOI: "lieu_travail horaires en_emploi_le",
    Volet.MOBILITE: "communes lieu_travail horaires referent",
}


@pytest.fixture
def plan(ofs):
    from traitdunion.territory.models import Commune

    work = Commune.objects.create(
        code_insee="43040", nom="Brioude", nom_avec_charniere="de Brioude", cle="brioude",
        departement=ofs.commune.departement, lat=45.29, lon=3.38,
    )  # fmt: skip
    row = open_plan(
        by=ofs.keeper,
        organisation=ofs.organisation,
        now=ofs.now,
        household=Household(
            communes=[ofs.commune],
            personnes=3,
            reference_siao="SIAO-4271",
            lieu_travail=work,
            horaires="lundi au vendredi, 5 h – 13 h",
        ),
    )
    record_outcome(
        by=ofs.keeper, plan=row, logee_le=date(2026, 11, 5), en_emploi_le=date(2026, 11, 16),
        now=ofs.now,
    )  # fmt: skip
    return row


@pytest.fixture
def partners(ofs, plan):
    """Give each kind of partner an organisation, a person and one step."""
    found = {}
    for n, volet in enumerate(Volet):
        body = Organisation.objects.create(slug=f"p{n}", nom=f"Partenaire {n}")
        person = User.objects.create_user(f"p{n}@partenaire.example")
        Membership.objects.create(user=person, organisation=body, role=Role.CONSEILLER)
        step = add_step(
            by=ofs.keeper, plan=plan, volet=volet, partenaire=body, quoi=f"Faire la part {n}",
            pour_le=date(2026, 12, 15), now=ofs.now,
        )  # fmt: skip
        found[volet] = body, person, step
    return found


def main_of(client, person, url):
    client.force_login(person)
    page = client.get(url)
    assert page.status_code == 200
    return page.content.decode().partition('<main id="contenu"')[2].partition("</main>")[0]


@pytest.mark.parametrize("volet", Volet)
def test_a_partner_sees_its_cells_and_no_other(client, partners, volet):
    body, person, step = partners[volet]
    page = main_of(client, person, reverse("housing:steps", kwargs={"organisation": body.pk}))
    allowed = set(MAY_SEE[volet].split())
    assert {cell.value for cell in SEEN[volet]} == allowed
    for cell, text in SHOWN.items():
        assert (text in page) is (cell.value in allowed), cell
    assert step.reference in page
    for other, (_, _, their_step) in partners.items():
        if other is not volet:
            assert their_step.quoi not in page
            assert their_step.reference not in page
    assert Plan.objects.get().reference not in page


def test_nothing_on_the_page_of_an_employer_names_housing_or_the_siao(client, partners):
    body, person, _ = partners[Volet.EMPLOI]
    url = reverse("housing:steps", kwargs={"organisation": body.pk})
    page = main_of(client, person, url).lower() + url
    for word in ("siao", "logement", "loge", "foncier", "ménage", "revenu"):
        assert word not in page, word


def test_the_impact_assessment_shows_the_table_of_the_code():
    assert table_in_markdown() in DOCUMENT.read_text("utf-8")


def test_a_plan_has_no_column_for_a_name_a_motive_health_or_income():
    columns = {field.name for model in (Plan, Etape) for field in model._meta.fields}
    for word in ("nom", "motif", "sante", "revenu", "rfr", "diagnostic"):
        assert not [name for name in columns if word in name], word


def test_a_partner_reports_its_step_and_no_other(ofs, partners):
    _, person, step = partners[Volet.EMPLOI]
    _, _, other = partners[Volet.SIAO]
    with pytest.raises(PermissionDenied):
        report_step(by=person, step=other, faite_le=date(2026, 11, 20), now=ofs.now)
    with pytest.raises(HousingError, match="pas encore"):
        report_step(by=person, step=step, faite_le=date(2026, 12, 1), now=ofs.now)
    # It is 0:30 on the 21st in Paris, and still the 20th in UTC.
    midnight = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    with pytest.raises(HousingError, match="pas encore"):
        report_step(by=person, step=step, faite_le=date(2026, 11, 22), now=midnight)
    report_step(by=person, step=step, faite_le=date(2026, 11, 21), now=midnight)
    step.refresh_from_db()
    with pytest.raises(HousingError, match="déjà faite"):
        report_step(by=person, step=step, faite_le=date(2026, 11, 20), now=ofs.now)


def test_a_closed_plan_keeps_dates_and_leads_to_no_household(ofs, plan, partners):
    close_plan(by=ofs.keeper, plan=plan, now=ofs.now)
    plan.refresh_from_db()
    assert (plan.reference_siao, plan.personnes, plan.lieu_travail, plan.horaires) == (
        "", None, None, "",
    )  # fmt: skip
    assert not plan.communes.exists()
    assert plan.logee_le == date(2026, 11, 5)
    with pytest.raises(HousingError, match="clos"):
        close_plan(by=ofs.keeper, plan=plan, now=ofs.now)


def test_a_plan_without_change_ends_with_its_period(ofs, plan):
    assert forget_due(now=ofs.now + PLAN_KEPT - timedelta(1)).plans == 0
    assert forget_due(now=ofs.now + PLAN_KEPT).plans == 1
    assert forget_due(now=ofs.now + PLAN_KEPT).plans == 0


@time_machine.travel(date(2026, 11, 30))
def test_the_referent_opens_follows_and_closes_from_the_pages(client, ofs):
    client.force_login(ofs.keeper)
    listed = reverse("housing:plans", kwargs={"organisation": "ofs"})
    assert client.post(listed, {"communes": "Nulle Part"}).status_code == 200
    made = client.post(listed, {"communes": "Langeac", "personnes": "2"})
    assert made.status_code == 302
    given = {
        "volet": "mobilite", "partenaire": "autre", "quoi": "Prêter un vélo",
        "pour_le": "2026-11-10",
    }  # fmt: skip
    client.post(made.url, given)
    assert "en retard" in client.get(made.url).content.decode()
    row = Plan.objects.get()
    sent = {"logee_le": "2026-11-20", "en_emploi_le": ""}
    client.post(reverse("housing:plan-outcome", kwargs={"pk": row.pk}), sent)
    client.force_login(ofs.stranger)
    step = Etape.objects.get()
    client.post(reverse("housing:step-report", kwargs={"pk": step.pk}), {"faite_le": "2026-11-12"})
    assert client.get(made.url).status_code == 403
    client.force_login(ofs.keeper)
    page = client.get(made.url).content.decode()
    assert "faite le 12 novembre 2026" in page
    assert "20 novembre 2026" in page
    client.post(reverse("housing:plan-close", kwargs={"pk": row.pk}))
    assert "clos le" in client.get(made.url).content.decode()
