"""Households: three values with what is missing, the plan of purchase, the list, the allocation."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from traitdunion.accounts.models import Access
from traitdunion.housing.enums import (
    Confiance,
    EtatDemande,
    NatureOperation,
    NatureReference,
    Provenance,
    Souhait,
)
from traitdunion.housing.errors import HousingError
from traitdunion.housing.feasibility.studies import create_operation
from traitdunion.housing.households.eligibility import Household, category_of, judge
from traitdunion.housing.households.operations import (
    Contact,
    Wish,
    add_lot,
    allot,
    check_demand,
    decide,
    erase,
    receive,
)
from traitdunion.housing.households.simulation import purchase_plan
from traitdunion.housing.models import DecisionDemande, Demande, Reference
from traitdunion.housing.money import BankLoan, Buyers
from traitdunion.housing.retention import CLOSED_KEPT, DEMAND_KEPT, forget_due
from traitdunion.rules import Truth

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)
# Zone C, 2026 (domain-housing 1.5).
CEILINGS = {"1": 33_771, "2": 45_100, "3": 54_235, "4": 65_476, "5": 77_023, "6": 86_805,
            "+": 9_683}  # fmt: skip
READY = {"proprietaire": False, "residence_principale": True}


@pytest.fixture
def zone_c(ofs):
    rows = [(NatureReference.ZONE_ABC, "43112", date(2024, 7, 5), "C")]
    rows += [
        (NatureReference.PLAFOND_RESSOURCES, f"C/{rank}", date(2026, 1, 1), str(value))
        for rank, value in CEILINGS.items()
    ]
    for nature, key, since, value in rows:
        Reference.objects.create(
            nature=nature, cle=key, depuis=since, valeur=value, source="essai",
            confiance=Confiance.SECONDAIRE, ecrite_le=ofs.now,
        )  # fmt: skip


@pytest.fixture
def checked(ofs, zone_c):
    ofs.tick(NatureReference.ZONE_ABC)
    ofs.tick(NatureReference.PLAFOND_RESSOURCES)


def verdict(ofs, on=TODAY, **facts):
    household = Household(**{"handicap": False, **READY, **facts})
    return judge(household, commune=ofs.commune, organisation=ofs.organisation, on=on)


@pytest.mark.parametrize(
    ("facts", "rank"),
    [
        ({"adultes": 1, "a_charge": 0}, 1),
        ({"adultes": 1, "a_charge": 0, "handicap": True}, 2),
        ({"adultes": 2, "a_charge": 0, "jeune_menage": False}, 2),
        ({"adultes": 2, "a_charge": 0, "jeune_menage": True}, 3),
        ({"adultes": 2, "a_charge": 0, "jeune_menage": False, "handicap": True}, 3),
        ({"adultes": 1, "a_charge": 1}, 3),
        ({"adultes": 1, "a_charge": 2}, 4),
        ({"adultes": 2, "a_charge": 1, "jeune_menage": True}, 3),
        ({"adultes": 2, "a_charge": 1, "handicap": True}, 4),
        ({"adultes": 1, "a_charge": 4}, 6),
    ],
)
def test_a_category_is_no_household_size(facts, rank):
    category = category_of(Household(**{"handicap": False, **facts}), on=TODAY)
    assert (category.rank, category.is_exact) == (rank, True)


def test_income_is_compared_with_the_ceiling_of_the_category(ofs, checked):
    alone = {"adultes": 1, "a_charge": 2}
    assert verdict(ofs, rfr=Decimal(65_476), **alone).truth is Truth.TRUE
    refused = verdict(ofs, rfr=Decimal(65_477), **alone)
    assert refused.truth is Truth.FALSE
    assert "plafond de votre catégorie : 65\xa0476\xa0€" in refused.lifts[0]
    # Three persons too, but a couple: category 3, 54,235 €.
    couple = {"adultes": 2, "a_charge": 1, "jeune_menage": False}
    assert verdict(ofs, rfr=Decimal(60_000), **couple).truth is Truth.FALSE


def test_a_missing_fact_counts_only_where_it_changes_the_answer(ofs, checked):
    couple = {"adultes": 2, "a_charge": 0}
    # 45,100 € for two persons, 54,235 € for a young couple.
    assert verdict(ofs, rfr=Decimal(45_000), **couple).truth is Truth.TRUE
    assert verdict(ofs, rfr=Decimal(54_236), **couple).truth is Truth.FALSE
    doubt = verdict(ofs, rfr=Decimal(50_000), **couple)
    assert doubt.truth is Truth.UNKNOWN
    assert any("55 ans" in lack for lack in doubt.missing)
    nothing = judge(Household(), commune=ofs.commune, organisation=ofs.organisation, on=TODAY)
    assert nothing.truth is Truth.UNKNOWN
    assert any("avis d'impôt" in lack for lack in nothing.missing)


def test_a_figure_that_nobody_checked_makes_no_yes(ofs, zone_c):
    alone = {"adultes": 1, "a_charge": 0}
    doubt = verdict(ofs, rfr=Decimal(20_000), **alone)
    assert doubt.truth is Truth.UNKNOWN
    assert any("à vérifier" in lack for lack in doubt.missing)
    assert verdict(ofs, rfr=Decimal(40_000), **alone).truth is Truth.FALSE


def test_a_year_without_ceiling_is_not_answered_by_another(ofs, checked):
    doubt = verdict(ofs, on=date(2027, 1, 1), rfr=Decimal(1), adultes=1, a_charge=0)
    assert doubt.truth is Truth.UNKNOWN
    assert "Le plafond de ressources de 2027 n'est pas renseigné (zone C)." in doubt.missing


def test_beyond_six_each_person_adds_an_amount(ofs, checked):
    # Eight persons: 86,805 + 2 × 9,683 = 106,171.
    eight = {"adultes": 2, "a_charge": 6}
    assert verdict(ofs, rfr=Decimal(106_171), **eight).truth is Truth.TRUE
    assert verdict(ofs, rfr=Decimal(106_172), **eight).truth is Truth.FALSE


def test_an_owner_is_told_why_not(ofs, checked):
    owner = verdict(ofs, rfr=Decimal(1), adultes=1, a_charge=0, proprietaire=True)
    assert owner.truth is Truth.FALSE
    assert "R.255-1-1" in owner.lifts[0]


def test_the_plan_adds_the_redevance_to_each_month_of_the_loans():
    plan = purchase_plan(
        price=Decimal(150_000),
        contribution=Decimal(10_000),
        redevance=Decimal(80),
        income=Decimal(2_600),
        buyers=Buyers(zone="C", persons=3, rfr=Decimal(24_000)),
        loan=BankLoan(rate=Decimal("0.035"), years=25),
    )
    # 24,000 / 1.8 = 13,333 under 15,500: half of 150,000; the ceiling of three persons is 180,000.
    assert plan.ptz.ptz == Decimal(75_000)
    assert plan.ptz.classic_loan == Decimal(65_000)
    assert all(phase.total == phase.loans + 80 for phase in plan.phases)
    assert (plan.phases[0].first, plan.phases[-1].last) == (1, 300)
    # 611.13 / 2,600 = 0.23505, rounded half up.
    assert (plan.dearest, plan.share) == (Decimal("611.13"), Decimal("0.2351"))


@pytest.fixture
def household(ofs):
    def make(provenance=Provenance.SIMULATEUR, days=0, checked=True, **more):
        given = {
            "souhait": Souhait.LOCATIF, "communes": [ofs.commune], "personnes": 3, "categorie": 3,
            "avis": "to_check",
        } | more  # fmt: skip
        row = receive(
            organisation=ofs.organisation, provenance=provenance, wish=Wish(**given),
            contact=Contact("famille@menage.example", accord="d'accord"),
            now=ofs.now - timedelta(days),
        )  # fmt: skip
        if checked:
            check_demand(
                by=ofs.keeper, demande=row, ressources=True, non_proprietaire=None, categorie=3,
                now=ofs.now,
            )  # fmt: skip
        decide(
            by=ofs.keeper, demande=row, etat=EtatDemande.EN_ATTENTE, motif="dossier complet",
            now=ofs.now,
        )  # fmt: skip
        return row

    return make


@pytest.fixture
def home(ofs):
    operation = create_operation(
        by=ofs.keeper, organisation=ofs.organisation, nom="Rue du Pont", commune=ofs.commune,
        nature=NatureOperation.LOCATIF, now=ofs.now,
    )  # fmt: skip
    return add_lot(
        by=ofs.keeper, operation=operation, libelle="T4, lot 1", pieces=4,
        surface_utile=Decimal(80), genre=Souhait.LOCATIF, now=ofs.now,
    )  # fmt: skip


def test_a_home_goes_by_the_published_rules_and_keeps_its_reason(ofs, household, home):
    first = household(Provenance.SIAO, days=1)
    oldest = household(days=40)
    unchecked = household(checked=False)
    too_many = household(personnes=7)
    with pytest.raises(HousingError, match="dossier à vérifier"):
        allot(by=ofs.keeper, lot=home, demande=unchecked, motif="urgent", now=ofs.now)
    with pytest.raises(HousingError, match="taille du logement"):
        allot(by=ofs.keeper, lot=home, demande=too_many, motif="urgent", now=ofs.now)
    with pytest.raises(HousingError):
        allot(by=ofs.keeper, lot=home, demande=first, motif=" ", now=ofs.now)
    done = allot(by=ofs.keeper, lot=home, demande=oldest, motif="le premier renonce", now=ofs.now)
    assert (done.rang, done.motif) == (2, "le premier renonce")
    with pytest.raises(HousingError, match="déjà attribué"):
        allot(by=ofs.keeper, lot=home, demande=first, motif="suite", now=ofs.now)


def test_the_database_keeps_a_decision_as_it_was_written(ofs, household, home):
    household()
    rows = DecisionDemande.objects.all()
    for deed in (lambda: rows.update(motif="autre"), rows.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            deed()


def test_an_erased_household_leaves_no_contact(ofs, household, home):
    row = household()
    erase(by=ofs.keeper, demande=row, now=ofs.now)
    row.refresh_from_db()
    assert (row.courriel, row.telephone, row.accord) == ("", "", "")
    assert row.decisions.count() == 1
    with pytest.raises(HousingError, match="close"):
        decide(by=ofs.keeper, demande=row, etat=EtatDemande.REFUSEE, motif="x", now=ofs.now)


def test_contacts_end_with_their_period(ofs, household):
    refused, waiting = household(), household()
    decide(by=ofs.keeper, demande=refused, etat=EtatDemande.REFUSEE, motif="x", now=ofs.now)
    assert forget_due(now=ofs.now + CLOSED_KEPT - timedelta(1)).demands == 0
    assert forget_due(now=ofs.now + CLOSED_KEPT).demands == 1
    waiting.refresh_from_db()
    assert waiting.courriel
    assert forget_due(now=ofs.now + DEMAND_KEPT).demands == 1
    assert forget_due(now=ofs.now + DEMAND_KEPT).demands == 0


ANSWERS = {
    "commune": "Langeac", "adultes": "1", "a_charge": "2", "handicap": "non", "rfr": "24 000",
    "proprietaire": "non", "residence_principale": "oui", "prix": "150000", "taux": "3,5",
    "annees": "25", "redevance": "80", "revenus": "2600",
}  # fmt: skip


@time_machine.travel(date(2026, 11, 30))
def test_the_public_page_answers_sets_no_cookie_and_keeps_nothing(client, ofs, checked, home):
    url = reverse("housing:simulator", kwargs={"organisation": "ofs"})
    assert client.get(url).status_code == 200
    page = client.post(url, ANSWERS)
    text = page.content.decode().replace("\xa0", " ")
    assert "Oui, d&#x27;après vos réponses" in text
    assert "plafond de 65 476 €" in text
    assert "Prêt à taux zéro" in text
    assert not page.cookies
    assert not Demande.objects.exists()
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    framed = client.get(url + "?cadre=1")
    assert "frame-ancestors *" in framed.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed.headers
    stranger = reverse("housing:simulator", kwargs={"organisation": "autre"})
    assert client.get(stranger).status_code == 404


def test_the_first_page_leads_to_the_simulator_of_each_ofs(client, ofs, home):
    page = client.get(reverse("housing:home")).content.decode()
    assert reverse("housing:simulator", kwargs={"organisation": "ofs"}) in page
    assert reverse("housing:allocation-rules", kwargs={"organisation": "ofs"}) in page
    assert "Aucun organisme" not in page


@pytest.mark.django_db
def test_the_first_page_says_where_no_ofs_uses_the_site(client):
    page = client.get(reverse("housing:home")).content.decode()
    assert "Aucun organisme de foncier solidaire" in page


@time_machine.travel(date(2026, 11, 30))
def test_a_demand_keeps_its_provenance_and_no_income(client, ofs, checked, home):
    url = reverse("housing:ask", kwargs={"organisation": "ofs"})
    sent = {**ANSWERS, "courriel": "Famille@Menage.example", "souhait": "locatif"}
    assert client.post(url, sent).status_code == 422  # no agreement
    assert client.post(url, {**sent, "accord": "on"}).status_code == 200
    row = Demande.objects.get()
    assert (row.provenance, row.categorie, row.personnes, row.avis) == ("simulateur", 4, 3, "yes")
    assert row.courriel == "famille@menage.example"
    assert "24000" not in str(row.__dict__)
    client.post(url, {**sent, "accord": "on", "site": "robot"})
    assert Demande.objects.count() == 1
    client.force_login(ofs.keeper)
    page = client.get(reverse("housing:demand", kwargs={"pk": row.pk})).content.decode()
    assert "Simulateur public" in page
    seen = Access.objects.filter(action="consulter", target_id=str(row.pk), user=ofs.keeper)
    assert seen.count() == 1
    client.force_login(ofs.stranger)
    assert client.get(reverse("housing:demand", kwargs={"pk": row.pk})).status_code == 403


@time_machine.travel(date(2026, 11, 30))
def test_the_desk_checks_decides_and_allots_from_its_pages(client, ofs, home):
    row = receive(
        organisation=ofs.organisation, provenance=Provenance.SIAO, contact=Contact(),
        wish=Wish(souhait=Souhait.LES_DEUX, communes=[], personnes=3, categorie=None), now=ofs.now,
    )  # fmt: skip
    client.force_login(ofs.keeper)
    given = {"ressources": "oui", "non_proprietaire": "", "categorie": "3"}
    client.post(reverse("housing:demand-check", kwargs={"pk": row.pk}), given)
    url = reverse("housing:demand-decide", kwargs={"pk": row.pk})
    client.post(url, {"etat": "en_attente", "motif": ""})
    row.refresh_from_db()
    assert (row.ressources_verifiees, row.etat) == (True, "recue")
    client.post(url, {"etat": "en_attente", "motif": "complet"})
    listed = reverse("housing:demands", kwargs={"organisation": "ofs"}) + "?etat=en_attente"
    assert row.reference in client.get(listed).content.decode()
    lot = reverse("housing:lot", kwargs={"pk": home.pk})
    assert f"1. Demande {row.reference}" in client.get(lot).content.decode()
    client.post(lot, {"demande": row.pk, "motif": "première de la liste"})
    assert "Attribué" in client.get(lot).content.decode()
    lots = reverse("housing:lots", kwargs={"pk": home.operation_id})
    sent = {"libelle": "T2", "pieces": "2", "surface_utile": "45", "genre": "locatif"}
    assert client.post(lots, sent).status_code == 302
    assert "attribué à" in client.get(lots).content.decode()
    client.post(reverse("housing:demand-erase", kwargs={"pk": row.pk}))
    row.refresh_from_db()
    assert row.etat == "effacee"
