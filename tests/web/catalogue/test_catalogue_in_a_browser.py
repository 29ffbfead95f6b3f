"""The catalogue as readers and editors meet it: axe, phones, without scripts, two at once."""

import io
import json
import zipfile

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.web.page_steps import PASSWORD, check_page, sign_in, unfold
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.catalogue import operations
from traitdunion.catalogue.models import PageCitee, Signalement, Solution, Structure

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SQUARE = '{"type":"Polygon","coordinates":[[[3.8,45],[3.9,45],[3.9,45.1],[3.8,45.1],[3.8,45]]]}'


@pytest.fixture
def catalogue(db, settings):
    """An entry with something of everything, its organisation and two editors."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    ici = Organisation.objects.create(slug="ici", nom="Guichet d'ici")
    Structure.objects.create(id="mms", nom="Maison", telephone="04 65 71 00 10", organisation=ici)
    editors = []
    for nom, address in (("Édouard", "edouard@ici.example"), ("Edwige", "edwige@ici.example")):
        user = User.objects.create_user(address, PASSWORD, nom=nom)
        for role in (Role.EDITEUR, Role.ADMINISTRATEUR):
            Membership.objects.create(user=user, organisation=ici, role=role)
        editors.append(user)
    now = timezone.now()
    content = {
        "structure": "mms", "nom": "Transport à la demande", "type_solution": "tad",
        "description": "Un minibus vient vous chercher.", "verifie_le": "2026-11-02",
        "par_trajet_eur": "2.00", "publics": ["jeunes"], "horaires_service": "Mo-Fr 07:00-19:00",
        "zones_service": [{"nom": "bourg", "geojson": SQUARE}],
        "fermetures": [
            {"nature": "fermeture", "du": "2026-12-24", "au": "2099-01-01", "motif": "essai"}
        ],
        "tranches": [{"unite": "par_trajet_eur", "qf_max_eur": "400.00", "montant_eur": "1.00"}],
        "detail": {"forme": "zone"},
    }  # fmt: skip
    operations.create_solution(by=editors[0], content=content, now=now, key="tad")
    operations.change_statut(by=editors[0], key="tad", statut="publie", now=now)
    return editors


def check_unfolded(page):
    unfold(page)
    check_page(page)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_on_the_pages_of_the_catalogue(site, open_page, catalogue, width, dark):
    page = open_page(site + "/solutions/", width=width, dark=dark)
    for path in (
        "/solutions/", "/solutions/?q=trnasport", "/solutions/?commune=nulle-part",
        "/solutions/tad/?jours=20", "/solutions/tad/signaler/",
    ):  # fmt: skip
        page.goto(site + path)
        check_unfolded(page)
    sign_in(page, site, catalogue[0].email)
    for path in (
        "/organisations/ici/catalogue/", "/organisations/ici/catalogue/nouvelle/",
        "/organisations/ici/catalogue/nouvelle/location_velo/", "/catalogue/fiches/tad/",
        "/catalogue/fiches/tad/modifier/", "/catalogue/fiches/tad/historique/",
        "/organisations/ici/imports/", "/organisations/ici/structures/",
    ):  # fmt: skip
        page.goto(site + path)
        check_unfolded(page)
    page.goto(site + "/organisations/ici/imports/")
    own = {"name": "nous.csv", "mimeType": "text/csv", "buffer": b"Dispositif;Teinte\nCar;bleu\n"}
    page.get_by_label("Fichier").set_input_files(own)
    page.get_by_label("Tableau CSV").check()
    page.get_by_role("button", name="Relire avant d'importer").click()
    expect(page.get_by_role("heading", name="Que contient chaque colonne ?")).to_be_visible()
    check_unfolded(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_reader_finds_an_entry_and_reports_an_error(site, open_page, catalogue, scripts):
    page = open_page(site + "/solutions/", scripts=scripts)
    page.get_by_label("Chercher").fill("trnasport")
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_text("voici ce que l'on trouve pour « transport »")).to_be_visible()
    page.get_by_role("link", name="Transport à la demande").click()
    page.get_by_text("Calculer pour moi").click()
    page.get_by_label("Jours par mois").fill("10")
    page.get_by_label("Quotient familial").fill("300")
    page.get_by_role("button", name="Calculer").click()
    # Twice ten trips at 1 €.
    expect(page.get_by_text("20 € par mois")).to_be_visible()
    page.get_by_role("link", name="Signaler une erreur").click()
    page.get_by_label("Le prix n'est pas le bon").check()
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("status").first).to_contain_text("Merci")
    assert Signalement.objects.get().nature == "tarif"


def test_two_editors_at_once_the_second_is_told_and_nothing_is_lost(site, open_page, catalogue):
    first, second = (open_page(site + "/solutions/", complains=False) for _ in range(2))
    for page, user in zip((first, second), catalogue, strict=True):
        sign_in(page, site, user.email)
        page.goto(site + "/catalogue/fiches/tad/modifier/")
    first.get_by_label("Par trajet (€)").fill("3")
    first.get_by_role("button", name="Enregistrer", exact=True).last.click()
    expect(first.get_by_role("status").first).to_contain_text("est enregistrée")
    second.get_by_label("Description").fill("Un minibus, avec rampe.")
    second.get_by_role("button", name="Enregistrer", exact=True).last.click()
    alert = second.get_by_role("alert")
    expect(alert).to_contain_text("Édouard a enregistré cette fiche pendant que vous écriviez")
    expect(alert).to_contain_text("« 2.00 » est devenu « 3.00 »")
    expect(second.get_by_label("Description")).to_have_value("Un minibus, avec rampe.")
    check_unfolded(second)
    second.get_by_role("button", name="Enregistrer", exact=True).last.click()
    expect(second.get_by_role("status").first).to_contain_text("est enregistrée")
    saved = Solution.objects.get()
    assert (str(saved.par_trajet_eur), saved.description) == ("3.00", "Un minibus, avec rampe.")


def test_an_undo_by_the_keyboard_alone(site, open_page, catalogue):
    page = open_page(site + "/solutions/")
    sign_in(page, site, catalogue[0].email)
    page.goto(site + "/catalogue/fiches/tad/modifier/")
    page.get_by_label("Nom", exact=True).first.fill("Autre nom")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Autre nom")
    page.get_by_role("link", name="Historique").click()
    button = page.get_by_role("button", name="Revenir à la version 1")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("à la version 1")
    assert Solution.objects.get().nom == "Transport à la demande"


def test_a_file_is_read_over_imported_and_undone(site, open_page, catalogue):
    page = open_page(site + "/solutions/")
    sign_in(page, site, catalogue[0].email)
    page.goto(site + "/organisations/ici/imports/")
    table = (
        "id,structure,nom,type_solution,par_trajet_eur\n"
        "tad,mms,Transport à la demande,tad,2.50\n"
        ",mms,Transport a la demandes,tad,9\n"
        ",mms,Scooter du bourg,location_2rm,\n"
    )
    page.get_by_label("Fichier", exact=True).set_input_files(
        {"name": "fiches.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    page.get_by_label("Tableau CSV").check()
    page.get_by_role("button", name="Relire avant d'importer").click()
    expect(page.get_by_text("ressemble à « Transport à la demande »")).to_be_visible()
    expect(page.get_by_text("nouvelle fiche, en brouillon")).to_be_visible()
    check_unfolded(page)
    assert Solution.objects.count() == 1
    page.get_by_role("button", name="Importer").click()
    expect(page.get_by_role("status").first).to_contain_text("2 fiches")
    assert str(Solution.objects.get(pk="tad").par_trajet_eur) == "2.50"
    check_unfolded(page)
    page.get_by_role("button", name="Annuler cet import").click()
    expect(page.get_by_role("status").first).to_contain_text("est annulé")
    assert str(Solution.objects.get().par_trajet_eur) == "2.00"


@pytest.mark.parametrize("width", [1280, 320])
def test_a_cited_page_that_changed_is_read_again(site, open_page, catalogue, width):
    """One that changed, one that could not be read, one that says the same."""
    now = timezone.now()
    for key, said, empreinte, reason in (
        ("prix", "Le trajet coûte 2,50 €.\nSur réservation.", "b", ""),
        ("muette", "", "", "le serveur a répondu 500 ; réessayez plus tard"),
        ("calme", "Rien de neuf.", "a", ""),
    ):
        url = f"https://tarifs.example/une/adresse/assez/longue/pour/passer/a/la/ligne/{key}"
        Solution.objects.create(
            id=key, nom=f"Fiche {key}", structure_id="mms", type_solution="tad", statut="publie",
            source_url=url, verifie_le="2026-11-02",
        )  # fmt: skip
        PageCitee.objects.create(
            url=url, texte=said, empreinte=empreinte, checked_at=now, changed_at=now,
            empreinte_initiale="a", texte_initial="Le trajet coûte 2 €.\nSur réservation.",
            reason=reason,
        )  # fmt: skip
    page = open_page(site + "/solutions/", width=width)
    sign_in(page, site, catalogue[0].email)
    page.goto(site + "/organisations/ici/catalogue/")
    page.get_by_role("link", name="Pages citées").click()
    waiting = page.get_by_role("region", name="À relire (1)")
    expect(waiting.locator("ins")).to_have_text("Le trajet coûte 2,50 €.")
    expect(waiting.locator("del")).to_have_text("Le trajet coûte 2 €.")
    expect(waiting).not_to_contain_text("Sur réservation")
    expect(page.get_by_role("region", name="Qui n'ont pas pu être lues (1)")).to_be_visible()
    check_unfolded(page)
    waiting.get_by_role("button", name="Relue, nos chiffres sont justes").click()
    expect(page.get_by_role("region", name="À relire (0)")).to_be_visible()
    expect(page.get_by_text("par Édouard")).to_be_visible()
    check_unfolded(page)


@pytest.mark.parametrize("width", [1280, 320])
def test_a_shared_fleet_is_read_over_and_what_is_not_taken_is_told(
    site, open_page, catalogue, width
):
    feed = {
        "system_information": {"system_id": "velay", "name": "Vélos du Velay",
                               "opening_hours": "le matin"},
        "station_information": {"stations": [
            {"name": "Gare", "lat": 45.04, "lon": 3.89}, {"name": "Perdue", "lat": 95, "lon": 0}]},
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in feed.items():
            archive.writestr(f"{name}.json", json.dumps({"data": data}))
    page = open_page(site + "/solutions/", width=width)
    sign_in(page, site, catalogue[0].email)
    page.goto(site + "/organisations/ici/imports/")
    check_unfolded(page)
    page.get_by_label("Fichier", exact=True).set_input_files(
        {"name": "velay.zip", "mimeType": "application/zip", "buffer": out.getvalue()}
    )
    page.get_by_label("Vélos et voitures partagés").check()
    page.get_by_role("button", name="Relire avant d'importer").click()
    expect(page.get_by_text("« le matin » n'est pas compris")).to_be_visible()
    expect(page.get_by_text("« 95.0, 0.0 » n'est pas un lieu de France")).to_be_visible()
    check_unfolded(page)
    page.get_by_role("button", name="Importer").click()
    expect(page.get_by_role("status").first).to_contain_text("1 fiche et 1 structure")
    page.get_by_role("button", name="Annuler cet import").click()
    expect(page.get_by_role("status").first).to_contain_text("L'import est annulé")
    assert not Solution.objects.filter(nom="Vélos du Velay").exists()
