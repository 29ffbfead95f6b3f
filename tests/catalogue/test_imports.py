"""A file of anybody: sound records go in, and whatever one should know is in the preview."""

import io
import json
from contextlib import suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from traitdunion.accounts.models import Organisation
from traitdunion.catalogue.enums import FormatFichier
from traitdunion.catalogue.exchange.applying import undo
from traitdunion.catalogue.exchange.batch import FileError
from traitdunion.catalogue.exchange.bnlc import read_bnlc
from traitdunion.catalogue.exchange.flex_import import read_flex
from traitdunion.catalogue.exchange.inclusion_import import read_inclusion
from traitdunion.catalogue.exchange.reading import read_file
from traitdunion.catalogue.exchange.sheets import read_csv, read_xlsx, write_xlsx
from traitdunion.catalogue.models import LieuCovoiturage, Solution, Structure
from traitdunion.territory.models import Commune, Departement, Epci, PartieDeCommune, Region

from ..sources.hostile import archive, workbook

NEW = {"id": "", "structure": "mms", "nom": "Scooter à prêter", "type_solution": "location_2rm"}


def table(*rows, separator=";", encoding="utf-8"):
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [separator.join(names)]
    lines += [separator.join(f'"{row.get(name, "")}"' for name in names) for row in rows]
    return "\r\n".join(lines).encode(encoding)


def service(number=1, **changed):
    return {
        "source": "dora", "id": f"dora--{number}", "structure_id": "dora--s",
        "nom": f"Prêt de vélo {number}", "description": "Un vélo prêté." * 5,
        "date_maj": "2026-01-01",
        "thematiques": ["mobilite--mobilite-douce-partagee-collective"],
    } | changed  # fmt: skip


def holder(**changed):
    return {
        "source": "dora", "id": "dora--s", "nom": "Atelier", "date_maj": "2026-01-01",
        "siret": "13002526500013",
    } | changed  # fmt: skip


def inclusion(services, structures=None):
    content = {"structures": [holder()] if structures is None else structures, "services": services}
    return read_inclusion(json.dumps(content).encode())


# -- spreadsheets --------------------------------------------------------------------------------


def test_what_excel_writes_is_read_with_its_commas_its_spaces_and_its_lost_zeros(structure, bring):
    row = NEW | {
        "par_jour_eur": "1\u202f200,50 €", "retrait_code_postal": "7186",
        "telephone": "475000001", "retrait_lat": "45,0429", "retrait_lon": "3,88",
    }  # fmt: skip
    _, preview = bring(read_csv(table(row, encoding="utf-16")))
    (line,) = preview.lines
    assert sorted(note.split(" : ")[1] for note in line.read.notes) == [
        "« 475000001 » lu « 0475000001 », un zéro s'était perdu.",
        "« 7186 » lu « 07186 », un zéro s'était perdu.",
    ]
    saved = Solution.objects.get()
    assert (str(saved.par_jour_eur), saved.retrait_lat) == ("1200.50", 45.0429)
    assert (saved.retrait_code_postal, saved.telephone) == ("07186", "0475000001")


def test_a_formula_in_error_keeps_its_line_out(structure):
    wrong, sound = read_csv(table(NEW | {"par_jour_eur": "#N/A"}, NEW)).solutions
    assert "« #N/A » est une formule en erreur" in wrong.faults[0]
    assert not sound.faults


def test_a_workbook_starts_a_catalogue_with_its_first_structure(organisation, bring, editor, now):
    book = Workbook()
    book.active.title = "structures"
    book.active.append(["id", "nom", "telephone", "code_postal", "siret"])
    book.active.append(["", "Régie du Velay", 471000000, 43000, ""])
    book.active.append(["Garage d'ici", "Garage", "", "", ""])
    sheet = book.create_sheet("solutions")
    sheet.append(["structure", "nom", "type_solution"])
    sheet.append(["regie-du-velay", "Navette", "tad"])
    out = io.BytesIO()
    book.save(out)
    row, preview = bring(read_xlsx(out.getvalue()), leave_out=True)
    assert [line.action for line in preview.structures] == ["creer", "refuser"]
    made = Structure.objects.get()
    assert (made.pk, made.telephone, made.organisation) == (
        "regie-du-velay", "0471000000", organisation,
    )  # fmt: skip
    assert made.solutions.get().nom == "Navette"
    again = write_xlsx(Solution.objects.all(), Structure.objects.all())
    _, preview = bring(read_xlsx(again))
    assert preview.changes_nothing
    undo(by=editor, row=row, now=now)
    assert not Structure.objects.exists()


# -- keys, doubles, dates ------------------------------------------------------------------------


def test_an_identifier_that_is_no_slug_is_refused_with_one_that_is(structure, bring):
    batch = read_csv(table(NEW | {"id": "Prêt Voiture"}, NEW))
    _, preview = bring(batch, leave_out=True)
    refused, made = preview.lines
    assert (refused.action, made.action) == ("refuser", "creer")
    assert "par exemple « pret-voiture »" in refused.problems[0].why


def test_the_same_key_twice_is_refused_the_second_time(structure, bring):
    batch = read_csv(table(NEW | {"id": "a", "nom": "Un"}, NEW | {"id": "a", "nom": "Deux"}))
    _, preview = bring(batch, leave_out=True)
    assert [line.action for line in preview.lines] == ["creer", "refuser"]
    assert "est déjà dans le fichier (ligne 2)" in preview.lines[1].problems[0].why
    assert Solution.objects.get().nom == "Un"


def test_the_same_record_twice_in_a_public_feed_is_refused_the_second_time(organisation, bring):
    batch = inclusion([service(), service(nom="Autre vélo")])
    assert "est déjà au n° 1" in batch.refused[0]
    _, preview = bring(batch, leave_out=True)
    assert preview.left_out == 1
    assert Solution.objects.count() == 1


def test_keys_that_differ_by_case_and_structures_of_one_siret_are_told(structure, made, bring):
    made(key="velo")
    Structure.objects.create(id="atelier", nom="L'atelier", siret="13002526500013")
    _, preview = bring(read_csv(table(NEW | {"id": "Ve.lo".replace(".", "-")})), applied=False)
    assert any("Ve-lo, velo" in note for note in preview.notes)
    _, preview = bring(inclusion([service()]), applied=False)
    assert any(
        "Le SIRET 13002526500013 est celui de plusieurs structures" in n for n in preview.notes
    )


def test_an_older_file_says_so_before_it_overwrites(organisation, bring):
    bring(inclusion([service()]))
    older = inclusion([service(date_maj="2025-06-01", telephone="0465710099")],
                      [holder(date_maj="2025-06-01", nom="Atelier ancien")])  # fmt: skip
    _, preview = bring(older, applied=False)
    words = "Le fichier date du 01/06/2025, la fiche du 01/01/2026"
    assert words in preview.lines[0].warnings[0]
    assert words in preview.structures[0].problems[0]


def test_a_record_that_left_the_partners_file_is_named(organisation, bring):
    bring(inclusion([service(1), service(2)]), {"service n° 2": "creer"})
    assert Solution.objects.count() == 2
    _, preview = bring(inclusion([service(1)]), applied=False)
    assert [row.nom for row in preview.absent] == ["Prêt de vélo 2"]
    _, preview = bring(
        read_csv(table({"id": Solution.objects.first().pk, "nom": "x"})), applied=False
    )
    assert preview.absent == [] or preview.absent[0].reference.startswith("dora--")


@pytest.mark.parametrize(
    ("changed", "label"),
    [
        ({"courriel": "accueil@é.fr@x"}, "courriel"),
        ({"telephone": "04 71 00 00 00 ou 06 00 00 00 00 le matin"}, "telephone"),
        ({"lien_mobilisation": "https://x.example/" + "a" * 620}, "lien_mobilisation"),
    ],
)
def test_one_record_out_of_bounds_does_not_stop_a_public_feed(organisation, bring, changed, label):
    batch = inclusion([service(1, **changed), service(2)])
    _, preview = bring(batch, leave_out=True)
    assert [row.nom for row in Solution.objects.all()] == ["Prêt de vélo 2"]
    said = preview.refused + [str(problem) for line in preview.lines for problem in line.problems]
    assert any(label in text for text in said)


# -- areas ---------------------------------------------------------------------------------------


@pytest.fixture
def territory(db):
    region = Region.objects.create(code="11", nom="Île-de-France")
    paris = Departement.objects.create(
        code="75", nom="Paris", nom_avec_charniere="de Paris", region=region
    )
    commune = Commune.objects.create(
        code_insee="75056", nom="Paris", nom_avec_charniere="de Paris", departement=paris,
        lat=48.8589, lon=2.347,
    )  # fmt: skip
    PartieDeCommune.objects.create(
        code_insee="75101", type="arrondissement", nom="Paris 1er", commune=commune
    )
    Epci.objects.create(siren="200054781", nom="Grand Paris", type="ME")


def test_an_arrondissement_stands_for_its_commune_and_a_code_of_nobody_is_told(
    organisation, territory, bring
):
    codes = ["75101", "99999", "200054781", "243400017"]
    _, preview = bring(inclusion([service(zone_eligibilite=codes)]))
    assert sorted(Solution.objects.get().zones.values_list("code", flat=True)) == [
        "200054781", "243400017", "75056", "99999",
    ]  # fmt: skip
    warnings = " ".join(preview.lines[0].warnings)
    assert "Zone 75101 : c'est une partie de la commune 75056" in warnings
    assert "Zone 99999 : le territoire ne connaît pas ce code" in warnings
    assert "Zone 243400017" in warnings
    _, preview = bring(inclusion([service(zone_eligibilite=codes)]))
    assert preview.changes_nothing


# -- car-pool places -----------------------------------------------------------------------------

PLACE = {
    "id_lieu": "43157-C-001", "id_local": "", "nom_lieu": "Gare", "ad_lieu": "", "com_lieu": "Le "
    "Puy-en-Velay", "insee": "43157", "type": "Parking relais", "date_maj": "2026-01-01",
    "ouvert": "true", "source": "200073419", "Xlong": "3.8924", "Ylat": "45.0429",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"Xlong": "0", "Ylat": "0"}, "au large de l'Afrique"),
        ({"Xlong": "45.0429", "Ylat": "3.8924"}, "latitude et longitude sont inversées"),
        ({"Xlong": "NaN"}, "n'est pas un nombre de degrés"),
        ({"Xlong": "1e999"}, "n'est pas un nombre de degrés"),
        ({"Ylat": "-21.1"}, "n'est pas un lieu de France"),
        ({"date_maj": "2042-01-01"}, "est une date à venir"),
        ({"date_maj": "2026-13-01"}, "n'est pas une date"),
        ({"nbre_pl": "douze"}, "n'est pas un nombre entier"),
        ({"id_lieu": ""}, "donnez l'identifiant"),
    ],
)
def test_a_place_that_cannot_be_true_is_listed_and_the_others_go_in(
    organisation, bring, now, changed, why
):
    sound = PLACE | {"id_lieu": "43157-C-002", "nbre_pl": ""}
    batch = read_bnlc(table(PLACE | {"nbre_pl": ""} | changed, sound), today=now.date())
    assert "Ligne 2" in batch.refused[0]
    assert why in batch.refused[0]
    bring(batch, leave_out=True)
    assert LieuCovoiturage.objects.get().pk == "43157-C-002"


def test_a_commune_far_from_the_place_and_a_lost_zero_are_seen(organisation, territory):
    far = PLACE | {"insee": "75056"}
    assert "de Paris (75056)" in read_bnlc(table(far)).refused[0]
    (place,) = read_bnlc(table(PLACE | {"insee": "7186"})).lieux
    assert place["insee"] == "07186"


def test_places_belong_to_the_organisation_that_brought_them(organisation, bring, editor, now):
    row, _ = bring(read_bnlc(table(PLACE)))
    place = LieuCovoiturage.objects.get()
    assert place.organisation == organisation
    place.organisation = Organisation.objects.create(slug="ailleurs", nom="Ailleurs")
    place.save()
    _, preview = bring(read_bnlc(table(PLACE | {"nom_lieu": "Prise"})))
    assert [line.action for line in preview.lieux] == ["laisser"]
    assert LieuCovoiturage.objects.get().nom_lieu == "Gare"
    LieuCovoiturage.objects.update(organisation=None)
    row, _ = bring(read_bnlc(table(PLACE | {"nom_lieu": "Place de la gare"})))
    assert LieuCovoiturage.objects.get().organisation == organisation
    undo(by=editor, row=row, now=now)
    assert (LieuCovoiturage.objects.get().organisation, LieuCovoiturage.objects.get().nom_lieu) == (
        None, "Gare",
    )  # fmt: skip


# -- GTFS-Flex -----------------------------------------------------------------------------------

FLEX = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\r\na,Régie,https://x.fr,Europe/Paris",
    "routes.txt": "route_id,agency_id,route_long_name,route_type\r\nr,a,Navette,715",
    "trips.txt": "route_id,service_id,trip_id\r\nr,s,t",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
    "start_date,end_date\r\ns,1,1,1,1,1,0,0,20260101,20261231",
    "booking_rules.txt": "booking_rule_id,booking_type,booking_url,info_url\r\nb,0,ttps://x,info",
}  # fmt: skip
HEAD = "trip_id,stop_sequence,start_pickup_drop_off_window,end_pickup_drop_off_window,"
HEAD += "pickup_booking_rule_id\r\n"


def test_touching_windows_of_a_feed_are_one_and_wrong_links_are_left(db):
    windows = [("07:00:00", "07:02:00"), ("07:02:00", "07:03:00"), ("8:39:00", "9:00:00"),
               ("09:00:00", "matin")]  # fmt: skip
    rows = "\r\n".join(f"t,{n},{start},{end},b" for n, (start, end) in enumerate(windows))
    (read,) = read_flex(archive(FLEX | {"stop_times.txt": HEAD + rows})).solutions
    assert read.content["horaires_service"] == "Mo-Fr 07:00-07:03,08:39-09:00"
    assert (read.content["booking_url"], read.content["lien_mobilisation"]) == ("", "")
    assert len(read.notes) == 3


# -- any bytes -----------------------------------------------------------------------------------

DEEP = b'{"services": ' + b"[" * 5_000 + b"]" * 5_000 + b"}"
HOSTILE = {
    "nothing": b"",
    "zeros": b"\x00" * 5_000,
    "half a zip": archive({"a.txt": "x" * 500})[:-30],
    "deep JSON": DEEP,
    "long number": b'{"services": [' + b"9" * 6_000 + b"]}",
    "huge exponent": b'{"services": [1e999999999]}',
    "wrong kinds": b'{"structures": 3, "services": [[], 1, null, {"id": []}, {"id": "a"}]}',
    "wide workbook": workbook('<row r="1"><c r="XFD1"><v>1</v></c></row>'),
    "feed of lists": archive({"system_information.json": "[]", "gbfs.json": "3"}),
    "feed of wrong kinds": archive(
        {"system_information.json": json.dumps({"data": {
            "system_id": [], "name": {"a": 1}, "operator": 3, "opening_hours": [1]}}),
         "station_information.json": json.dumps({"data": {"stations": [{"name": 1, "lat": "x"}]}}),
         "vehicle_types.json": json.dumps({"data": {"vehicle_types": [{"form_factor": []}]}})}
    ),
    "GTFS without cells": archive(
        dict.fromkeys(("agency.txt", "routes.txt", "trips.txt", "stop_times.txt"), "\r\n")
    ),
    "GTFS of odd rows": archive(
        FLEX | {"stop_times.txt": HEAD + "t,1,99:99:99,-1,b\r\n,,,,\r\nz,1,07:00:00,08:00:00,z",
                "locations.geojson": '{"features": [{"id": 1}, 3, {"id": "a", "geometry": []}]}'}
    ),
    "quote never closed": b'nom,structure\r\n"a,mms\r\nb,mms',
    "carriage returns": b"nom;structure\rA;mms\r",
    "long cell": b"nom,structure\r\n" + b"a" * 200_000 + b",mms\r\n",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_no_file_ends_in_a_failure_whatever_its_format_is_said_to_be(structure, bring, name):
    for kind in FormatFichier:
        with suppress(FileError):
            bring(read_file(HOSTILE[name], kind), applied=False)


def test_the_page_imports_what_is_sound_once_the_rest_is_left(structure, editor, client):
    client.force_login(editor)
    content = table(NEW, NEW | {"nom": "Fusée", "type_solution": "fusee"})
    file = SimpleUploadedFile("a.csv", content)
    sent = client.post("/organisations/ici/imports/", {"fichier": file, "format": "csv"})
    page = client.get(sent.url).content.decode()
    assert "Importer le reste, laisser 1 défaut de côté" in page
    client.post(sent.url, {"appliquer": "1"})
    assert not Solution.objects.exists()
    client.post(sent.url, {"laisser": "1"})
    assert Solution.objects.get().nom == "Scooter à prêter"


def test_the_first_structure_is_made_on_a_page(organisation, editor, client):
    client.force_login(editor)
    assert "Il faut d'abord une structure" in client.get(
        "/organisations/ici/catalogue/nouvelle/"
    ).content.decode().replace("&#x27;", "'")
    page = "/organisations/ici/structures/"
    assert client.post(page, {"nom": "", "horaires_accueil": "le matin"}).status_code == 422
    client.post(page, {"nom": "Régie d'été", "telephone": "04 71 00 00 00"})
    made = Structure.objects.get()
    assert (made.pk, made.organisation) == ("regie-dete", organisation)
    client.post(f"{page}regie-dete/", {"nom": "Régie d'hiver"})
    made.refresh_from_db()
    assert (made.nom, made.telephone) == ("Régie d'hiver", "")
