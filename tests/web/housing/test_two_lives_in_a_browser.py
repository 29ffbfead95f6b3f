"""Two whole lives: an OFS from its project to its report, a household from the SIAO to a job."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.urls import reverse
from playwright.sync_api import expect

from tests.housing.conftest import ofs  # noqa: F401 (fixture)
from tests.housing.test_siting import sites  # noqa: F401 (fixture)
from tests.observatory.conftest import network_folder, site  # noqa: F401 (fixtures)
from tests.web.page_steps import check_axe, check_width, enter_session
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.housing.enums import NatureOperation, Provenance, Souhait
from traitdunion.housing.feasibility.studies import create_operation
from traitdunion.housing.households.operations import Contact, Wish, receive
from traitdunion.housing.leases.billing import bill_month
from traitdunion.housing.ledger.queries import faults_of
from traitdunion.housing.models import Bail, Demande, Ligne, Plan
from traitdunion.housing.triggers import freeze, thaw
from traitdunion.territory.models import Commune

NARROW = 320
NBSP = "\N{NO-BREAK SPACE}"
SIGNED = date(2022, 3, 14)
FOUNDED = datetime(2022, 2, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def triggers(django_db_setup, django_db_blocker):
    """Freeze what housing writes once the rows of the last test are gone."""
    state = {"frozen": True}
    yield state
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        freeze(apps, editor)


@pytest.fixture(autouse=True)
def thawed_at_the_end(triggers, transactional_db):
    """Let the rows of a test be removed at its end, which the triggers of the database refuse."""
    if not triggers["frozen"]:
        with connection.schema_editor() as editor:
            freeze(apps, editor)
    yield
    with connection.schema_editor() as editor:
        thaw(apps, editor)
    triggers["frozen"] = False


def looked_at(page):
    """Check the page as it is, then at 320 pixels."""
    check_axe(page)
    size = page.viewport_size
    page.set_viewport_size({"width": NARROW, "height": 800})
    check_width(page)
    page.set_viewport_size(size)


def happens(page, nature, le, preuve="recommandé", motif=""):
    """Record an event of the resale on the page of its lease."""
    part = page.get_by_role("region", name="Inscrire un événement")
    part.get_by_label("Événement").select_option(label=nature)
    part.get_by_label("Date").fill(le)
    part.get_by_label("Preuve").fill(preuve)
    part.get_by_label("Motif").fill(motif)
    part.get_by_role("button", name="Inscrire").click()


def opened(page, price, buyer):
    """Open a resale on the page that keeps the lease."""
    page.get_by_role("link", name="Avenant, paiement, mandat, revente").click()
    part = page.get_by_role("region", name="Revente", exact=True)
    part.get_by_label("Acquéreur").fill(buyer)
    part.get_by_label("Prix demandé").fill(price)
    part.get_by_role("button", name="Ouvrir la revente").click()
    expect(page.get_by_text("La revente est ouverte.")).to_be_visible()


def checked(page):
    part = page.get_by_role("region", name="Les vérifications")
    for label in ("Ressources sous le plafond", "Plan de financement", "Déclaration de non"):
        part.get_by_label(label).select_option("oui")
    part.get_by_role("button", name="Enregistrer les vérifications").click()
    expect(page.get_by_text("Les vérifications sont enregistrées.")).to_be_visible()


def five_years_billed(world):
    """Bill each month of five years, and pay all but the last two."""
    for n in range(2, 59):
        month = date(2022 + n // 12, n % 12 + 1, 1)
        bill_month(by=world.keeper, organisation=world.organisation, month=month, now=LATER)


def test_the_life_of_a_lease(live_server, open_page, client, ofs):  # noqa: F811
    address = live_server.url
    ofs.index()
    ofs.tick()
    with time_machine.travel(FOUNDED, tick=True) as clock:
        # The project, its file complete, then the agrément.
        page = open_page(address + "/employeurs/")
        enter_session(page, address, client, ofs.keeper)
        page.goto(address + reverse("housing:project", args=["ofs"]))
        page.get_by_label("Forme juridique").select_option(label="Groupement d'intérêt public")
        page.get_by_label("Dossier reçu complet le").fill("2022-01-31")
        page.get_by_label("Preuve du dossier complet").fill("lettre du préfet")
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.get_by_text("avant la fin du 30 avril 2022")).to_be_visible()
        looked_at(page)
        clock.move_to(datetime(2022, 3, 20, 9, tzinfo=UTC))
        enter_session(page, address, client, ofs.keeper)
        page.reload()
        page.get_by_label("Agréé le").fill("2022-03-10")
        page.get_by_label("Arrêté d'agrément").fill("arrêté n° 1")
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.get_by_text("agréé le 10 mars 2022")).to_be_visible()
        # An operation, then the lease of one of its homes.
        page.goto(address + reverse("housing:new-operation", args=["ofs"]))
        looked_at(page)
        page.get_by_label("Nom de l'opération").fill("Rue du Pont")
        page.get_by_label("Code INSEE de la commune").fill("43112")
        page.get_by_label("Genre d'opération").select_option("acquis_ameliore")
        page.get_by_role("main").get_by_role("button").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Rue du Pont")
        looked_at(page)
        page.goto(address + reverse("housing:new-lease", args=["ofs"]))
        looked_at(page)
        for label, value in (
            ("Numéro du bail", "0007"), ("Logement", "T3, 4 rue du Pont"), ("Commune", "Langeac"),
            ("Surface utile", "70"), ("Preneur", "Sonia F."), ("Signé le", "2022-03-14"),
            ("Durée", "60"), ("Prix d'acquisition", "150000"), ("Redevance par mois", "78"),
            ("Trimestre de l'indice", "2022T1"),
        ):  # fmt: skip
            page.get_by_label(label).fill(value)
        page.get_by_role("button", name="Enregistrer le bail").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Bail 0007")
        # Five years of indexed redevance, of which the household owes what it did not pay.
        five_years_billed(ofs)
        clock.move_to(LATER)
        enter_session(page, address, client, ofs.keeper)
        lease = Bail.objects.get()
        asked = sum(Ligne.objects.filter(bail=lease).values_list("debit", flat=True))
        page.goto(address + reverse("housing:manage", args=[lease.pk]))
        looked_at(page)
        part = page.get_by_role("region", name="Paiement reçu")
        part.get_by_label("Reçu le").fill("2026-11-05")
        part.get_by_label("Montant").fill(str(Decimal(asked) / 100 - 100).replace(".", ","))
        part.get_by_label("Pièce").fill("relevé")
        part.get_by_role("button", name="Inscrire").click()
        expect(page.get_by_role("region", name="La vie du bail")).to_contain_text(f"100{NBSP}€")
        # A resale refused for its price, then another, agreed: the term starts again.
        opened(page, "250000", "Acquéreur pressé")
        happens(page, "Offre reçue par l'acquéreur", "2026-08-03")
        happens(page, "Offre acceptée", "2026-08-12")
        expect(page.get_by_text("Trop tôt")).to_be_visible()
        happens(page, "Offre acceptée", "2026-08-20")
        happens(page, "Offre transmise à l'OFS", "2026-08-24")
        checked(page)
        looked_at(page)
        happens(page, "Acquéreur agréé", "2026-09-10", "décision")
        expect(page.get_by_text("Prix au-dessus du maximum permis")).to_be_visible()
        happens(page, "Acquéreur refusé", "2026-09-10", "décision", "prix au-dessus du maximum")
        expect(page.get_by_text("Cette revente est close.")).to_be_visible()
        opened(page, "155000", "Malik P.")
        for nature, le in (
            ("Offre reçue par l'acquéreur", "2026-09-14"), ("Offre acceptée", "2026-10-01"),
            ("Offre transmise à l'OFS", "2026-10-05"),
        ):  # fmt: skip
            happens(page, nature, le)
        checked(page)
        happens(page, "Acquéreur agréé", "2026-11-02", "décision")
        happens(page, "Acte de vente signé", "2026-11-20", "acte")
        expect(page.get_by_text("Revente agréée : durée rechargée")).to_be_visible()
        expect(page.get_by_role("region", name="La vie du bail")).to_contain_text("2086")
        looked_at(page)
        # The report: each amount is that of the ledger.
        page.goto(address + reverse("housing:report", args=["ofs"]) + "?annee=2026")
        looked_at(page)
        of_year = Ligne.objects.filter(bail=lease, ecriture__le__year=2026)
        for label, cents in (
            ("appelé", sum(of_year.values_list("debit", flat=True))),
            ("reçu", sum(of_year.values_list("credit", flat=True))),
            ("dû au 31 décembre", 10_000),
        ):
            fact = page.locator(".fact", has_text=f"Baux réels solidaires : {label}")
            expect(fact).to_contain_text(f"{Decimal(cents) / 100}".replace(".", ","))
        assert faults_of(ofs.organisation) == []
        # The other pages of the organisation, as they stand after a whole life.
        lease.refresh_from_db()
        for name, given in (
            ("desk", ["ofs"]), ("compare", ["ofs"]), ("leases", ["ofs"]), ("accounts", ["ofs"]),
            ("debits", ["ofs"]), ("partners", ["ofs"]), ("point", ["ofs", 1]),
            ("simulator", ["ofs"]), ("ask", ["ofs"]), ("allocation-rules", ["ofs"]),
            ("demands", ["ofs"]), ("costs", ["ofs"]), ("siting", ["ofs"]), ("living", ["ofs"]),
        ):  # fmt: skip
            page.goto(address + reverse(f"housing:{name}", args=given))
            looked_at(page)
        enter_session(page, address, client, ofs.admin)
        page.goto(address + reverse("housing:references", args=["ofs"]))
        looked_at(page)


WORK = datetime(2026, 11, 20, 9, tzinfo=UTC)
STEPS = (
    ("SIAO", "siao", "Confirmer la sortie d'hébergement"),
    ("Logement", "ofs", "Préparer la location du T2"),
    ("Emploi", "laiterie", "Confirmer l'embauche de jour"),
    ("Mobilité", "mms", "Réserver le car du matin"),
)


@pytest.fixture
def partners(sites):  # noqa: F811
    """One person in each organisation that takes a part."""
    people = {}
    for slug, role in (
        ("ofs", Role.PILOTAGE), ("siao", Role.CONSEILLER), ("laiterie", Role.PRESTATAIRE),
        ("mms", Role.MMS),
    ):  # fmt: skip
        body = Organisation.objects.create(slug=slug, nom=f"{slug.upper()} fictif")
        people[slug] = User.objects.create_user(f"{slug}@x.example", "un mot de passe assez long")
        Membership.objects.create(user=people[slug], organisation=body, role=role)
    ofs_ = Organisation.objects.get(pk="ofs")
    home = Commune.objects.get(nom="Langeac")
    create_operation(
        by=people["ofs"], organisation=ofs_, nom="Place du marché", commune=home,
        nature=NatureOperation.LOCATIF, now=WORK,
    )  # fmt: skip
    receive(
        organisation=ofs_, provenance=Provenance.SIAO, contact=Contact(), now=WORK,
        wish=Wish(souhait=Souhait.LOCATIF, communes=[home], personnes=2, categorie=2),
    )  # fmt: skip
    return people


def test_the_life_of_a_household(live_server, open_page, client, partners):
    address = live_server.url
    asked = Demande.objects.get()
    with time_machine.travel(WORK, tick=True) as clock:
        page = open_page(address + "/employeurs/")
        enter_session(page, address, client, partners["ofs"])
        # A home to rent, a household on the list, the home allotted by the rules.
        page.goto(address + reverse("housing:demand", args=[asked.pk]))
        looked_at(page)
        part = page.get_by_role("region", name="Vérifier le dossier")
        part.get_by_label("Ressources sous le plafond").select_option("oui")
        part.get_by_label("Déclaration de non").select_option("oui")
        part.get_by_label("Catégorie").fill("2")
        part.get_by_role("button", name="Enregistrer").click()
        part = page.get_by_role("region", name="Décisions")
        part.get_by_label("Décision").select_option("en_attente")
        part.get_by_label("Motif").fill("dossier complet")
        part.get_by_role("button", name="Inscrire la décision").click()
        expect(page.get_by_text("Sur la liste d'attente").first).to_be_visible()
        page.goto(address + reverse("housing:desk", args=["ofs"]))
        page.get_by_role("link", name="Place du marché").click()
        page.get_by_role("link", name="Logements à attribuer").click()
        page.get_by_role("textbox", name="Logement").fill("T2, étage 1")
        page.get_by_label("Pièces").fill("2")
        page.get_by_label("Surface utile").fill("45")
        page.get_by_label("Genre").select_option("locatif")
        page.get_by_role("button", name="Ajouter").click()
        looked_at(page)
        page.get_by_role("link", name="T2, étage 1").click()
        looked_at(page)
        page.get_by_label("Motif").fill("premier de la liste")
        page.get_by_role("button", name="Attribuer").click()
        expect(page.get_by_role("heading", name="Attribué")).to_be_visible()
        # A job reachable from there without a car, and what housing and travel cost together.
        page.goto(
            address + reverse("housing:living", args=["ofs"])
            + "?domicile=Chanteuges&travail=Le+Puy-en-Velay&jours=lun&jours=mar&debut=08:00"
            "&fin=16:00&permis=aucun&loyer0=420&ailleurs1=Langeac&loyer1=380"
        )  # fmt: skip
        expect(page.get_by_role("row", name="Langeac")).to_contain_text("2 sur 2")
        looked_at(page)
        page.goto(
            address + reverse("housing:costs", args=["ofs"])
            + "?logement=380&redevance=0&charges=90&transport=39&revenus=1450"
        )  # fmt: skip
        expect(page.get_by_role("main")).to_contain_text("%")
        looked_at(page)
        # The plan: one referent, a dated step for each partner.
        page.goto(address + reverse("housing:plans", args=["ofs"]))
        looked_at(page)
        page.get_by_label("Référence du SIAO").fill("SIAO-4217")
        page.get_by_label("Personnes").fill("2")
        page.get_by_label("Communes possibles").fill("Langeac")
        page.get_by_label("Commune de travail").fill("Le Puy-en-Velay")
        page.get_by_label("Jours et heures").fill("lundi et mardi, 8 h à 16 h")
        page.get_by_role("button", name="Ouvrir").click()
        for volet, slug, quoi in STEPS:
            page.get_by_label("Volet").select_option(label=volet)
            page.get_by_label("Partenaire").select_option(slug)
            page.get_by_label("À faire").fill(quoi)
            page.get_by_label("Pour le").fill("2026-12-15")
            page.get_by_role("button", name="Donner l'étape").click()
            expect(page.get_by_text(quoi)).to_be_visible()
        looked_at(page)
        # Each partner sees its own step, and of the household what its part needs.
        for volet, slug, quoi in STEPS:
            theirs = open_page(address + "/employeurs/")
            enter_session(theirs, address, client, partners[slug])
            theirs.goto(address + reverse("housing:steps", args=[slug]))
            main = theirs.get_by_role("main")
            expect(main).to_contain_text(quoi)
            for _, other, theirs_not in STEPS:
                if other != slug:
                    expect(main).not_to_contain_text(theirs_not)
            if slug != "siao":
                expect(main).not_to_contain_text("SIAO-4217")
            if slug == "laiterie":
                expect(main).not_to_contain_text("Langeac")
            looked_at(theirs)
            theirs.get_by_role("button", name=f"Faite : {quoi}").click()
            expect(theirs.get_by_text("L'étape est faite.")).to_be_visible()
            theirs.close()
            assert volet in ("SIAO", "Logement", "Emploi", "Mobilité")
        # Six months later: housed, and employed.
        clock.move_to(datetime(2027, 5, 20, 9, tzinfo=UTC))
        enter_session(page, address, client, partners["ofs"])
        page.reload()
        part = page.get_by_role("region", name="Où en est le ménage")
        part.get_by_label("Logée le").fill("2027-01-04")
        part.get_by_label("En emploi le").fill("2027-01-11")
        part.get_by_role("button", name="Enregistrer").click()
        household = page.get_by_role("region", name="Le ménage", exact=True)
        expect(household).to_contain_text("11 janvier 2027")
        expect(page.get_by_text("faite le 20 novembre 2026")).to_have_count(len(STEPS))
        row = Plan.objects.get()
        assert (row.logee_le, row.en_emploi_le) == (date(2027, 1, 4), date(2027, 1, 11))
