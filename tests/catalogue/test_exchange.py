"""Files in and out: the same file twice changes nothing, and what an import did is undone."""

import csv
import io
import json
import zipfile
from datetime import date

import openpyxl
import pytest

from traitdunion.accounts.models import Organisation
from traitdunion.catalogue import operations, queries
from traitdunion.catalogue.entries import content_of
from traitdunion.catalogue.enums import TypeSolution
from traitdunion.catalogue.exchange.applying import apply, undo
from traitdunion.catalogue.exchange.batch import FileError
from traitdunion.catalogue.exchange.bnlc import read_bnlc, write_bnlc
from traitdunion.catalogue.exchange.flex import flex_feed, write_zip
from traitdunion.catalogue.exchange.flex_import import read_flex
from traitdunion.catalogue.exchange.gbfs import gbfs_files, missing
from traitdunion.catalogue.exchange.inclusion_export import exported, structure_record
from traitdunion.catalogue.exchange.inclusion_import import read_inclusion
from traitdunion.catalogue.exchange.sheets import read_csv, read_xlsx, write_csv, write_xlsx
from traitdunion.catalogue.models import LieuCovoiturage, Solution, Structure
from traitdunion.catalogue.operations import EditingError

ON = date(2026, 11, 23)


def everything():
    return {solution.pk: content_of(solution) for solution in queries.with_parts()}


def inclusion_file():
    structures = Structure.objects.prefetch_related("reseaux")
    return json.dumps(
        {
            "structures": [structure_record(structure, ON) for structure in structures],
            "services": [exported(solution).record for solution in queries.with_parts()],
        }
    ).encode()


# -- data·inclusion --------------------------------------------------------------------------------


def test_what_goes_out_comes_back_without_a_change(demonstration, bring):
    before = everything()
    _, preview = bring(read_inclusion(inclusion_file()))
    assert {line.action for line in preview.lines} == {"identique"}
    assert preview.changes_nothing
    assert everything() == before


def test_a_partner_changes_one_field_and_only_that_one_is(demonstration, bring):
    content = json.loads(inclusion_file())
    record = next(r for r in content["services"] if r["id"].endswith("--voiture-solidaire"))
    record["telephone"] = "04 65 71 00 98"
    _, preview = bring(read_inclusion(json.dumps(content).encode()))
    changed = [line for line in preview.lines if line.changes]
    assert [(line.key, [c.field for c in line.changes]) for line in changed] == [
        ("voiture-solidaire", ["telephone"])
    ]
    # What that format does not carry is still here.
    assert Solution.objects.get(pk="voiture-solidaire").tranches.count() == 2


def les_emplois(shared):
    """The real-shaped services of les-emplois, as records of the schema.

    Their numbered codes need tables that are not published with them: these columns are left out.
    """
    folder = shared / "inclusion"
    structures = json.loads(
        (folder / "les-emplois_insertion_structure_sample.json").read_text("utf-8")
    )
    services = json.loads((folder / "les-emplois_insertion_service_sample.json").read_text("utf-8"))
    uid = {structure["pk"]: structure["fields"]["uid"] for structure in structures}

    def told(**record):
        return {name: value for name, value in record.items() if value not in (None, "", [])}

    return {
        "structures": [
            told(
                source=f["uid"].split("--")[0], id=f["uid"], nom=f["name"].strip(),
                date_maj=f["updated_on"], siret=f["siret"], adresse=f["address_line_1"],
                code_postal=f["post_code"], site_web=f["website"], lien_source=f["source_link"],
                horaires_accueil=f["opening_hours"], telephone=f["phone"],
                description=f["description"],
            )
            for f in (structure["fields"] for structure in structures)
        ],
        "services": [
            told(
                source=f["uid"].split("--")[0], id=f["uid"], structure_id=uid[f["structure"]],
                nom=f["name"], description=f["description"], date_maj=f["updated_on"],
                lien_source=f["source_link"], adresse=f["address_line_1"],
                code_postal=f["post_code"], telephone=f["contact_phone"],
                courriel=f["contact_email"], frais_precisions=f["fee_details"],
                conditions_acces=f["access_conditions_di"], horaires_accueil=f["opening_hours"],
                zone_eligibilite=json.loads(f["eligibility_zones"]),
                mobilisation_precisions=f["mobilizations_details"],
            )
            for f in (service["fields"] for service in services)
        ],
    }  # fmt: skip


def test_real_services_come_in_go_out_and_come_back_the_same(shared, organisation, bring):
    records = les_emplois(shared)
    text = json.dumps(records).encode()
    batch = read_inclusion(text, default=TypeSolution.ATELIER)
    places = [solution.place for solution in batch.solutions]
    bring(batch, dict.fromkeys(places, "creer"))
    assert Solution.objects.count() == 14
    before = everything()
    out = {solution.reference: exported(solution).record for solution in queries.with_parts()}
    for record in records["services"]:
        back = out[record["id"]]
        assert {name: back.get(name) for name in record} == record
    _, preview = bring(read_inclusion(text, default=TypeSolution.ATELIER))
    assert {line.action for line in preview.lines} == {"identique"}
    assert {line.action for line in preview.structures} == {"identique"}
    _, preview = bring(read_inclusion(inclusion_file()))
    assert {line.action for line in preview.lines} == {"identique"}
    assert everything() == before


def test_a_drawn_service_of_another_matter_is_left_aside_and_it_is_said(demonstration, bring):
    content = json.loads(inclusion_file())
    bike = next(r for r in content["services"] if r["id"].endswith("--voiture-solidaire"))
    other = bike | {
        "id": f"{bike['source']}--ecrivain", "nom": "Écrivain public", "type": "accompagnement",
        "thematiques": ["choisir-un-metier--confirmer-son-choix-de-metier"],
    }  # fmt: skip
    before = everything()
    content["services"] = [other]
    text = json.dumps(content).encode()
    _, preview = bring(read_inclusion(text))
    assert {line.action for line in preview.lines} == {"laisser"}
    assert everything() == before


def test_services_of_another_matter_are_left_aside_and_it_is_said(shared, organisation, bring):
    _, preview = bring(read_inclusion(json.dumps(les_emplois(shared)).encode()))
    assert {line.action for line in preview.lines} == {"laisser"}
    assert not Solution.objects.exists()


def test_records_that_the_schema_refuses_are_listed_and_left_out(db):
    text = b'{"structures": [{"id": "a"}], "services": [{"id": "b", "nom": "x"}, 3]}'
    batch = read_inclusion(text)
    assert batch.solutions == batch.structures == []
    assert "structures, n° 1, champ « nom » : il manque." in batch.refused
    assert "services, n° 1 (« x »), champ « description » : il manque." in batch.refused
    assert "services, n° 2 : ce n'est pas un objet." in batch.refused
    for text in (b"[]", b"rien", b"\xff"):
        with pytest.raises(FileError):
            read_inclusion(text)


def test_codes_of_département_and_région_are_not_confused(organisation):
    # 53 is the Mayenne there: data·inclusion has no code of région.
    record = {
        "source": "x", "id": "x--1", "structure_id": "x--2", "nom": "Prêt de vélo",
        "description": "x" * 9,
        "date_maj": "2026-01-01", "zone_eligibilite": ["53"],
        "thematiques": ["mobilite--mobilite-douce-partagee-collective"],
    }  # fmt: skip
    text = json.dumps({"structures": [], "services": [record]}).encode()
    (read,) = read_inclusion(text).solutions
    assert read.content["zones"] == [{"nature": "departement", "code": "53"}]
    assert read.content["type_solution"] == "location_velo"


# -- tables ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_comes_back_without_a_change(demonstration, bring, kind):
    before = everything()
    if kind == "csv":
        batch = read_csv(write_csv(queries.with_parts()).encode())
    else:
        batch = read_xlsx(write_xlsx(queries.with_parts()))
    _, preview = bring(batch)
    assert [(line.key, line.changes) for line in preview.lines if line.changes] == []
    assert preview.changes_nothing
    assert everything() == before


def test_the_template_is_a_workbook_that_reads_as_empty(db):
    template = write_xlsx([])
    assert read_xlsx(template).solutions == []
    book = openpyxl.load_workbook(io.BytesIO(template))
    assert {"solutions", "tranches", "fermetures", "mode d'emploi"} <= set(book.sheetnames)


def table(*rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


NEW = {"id": "", "structure": "mms", "nom": "Scooter à prêter", "type_solution": "location_2rm"}


def test_a_table_with_half_the_columns_leaves_the_others(made, bring):
    made(par_mois_eur="8.00", publics=["jeunes"], telephone="04 65 71 00 10")
    bring(read_csv(table({"id": "velo", "par_mois_eur": "9,5", "telephone": ""})))
    saved = Solution.objects.get()
    assert (str(saved.par_mois_eur), saved.telephone, saved.codes.count()) == ("9.50", "", 1)


def test_a_new_line_is_a_draft_and_the_same_file_twice_changes_nothing(structure, bring):
    text = table(NEW | {"par_jour_eur": "2", "publics": "jeunes | femmes", "detail.age_min": "18"})
    _, preview = bring(read_csv(text))
    assert preview.count("creer") == 1
    saved = Solution.objects.get()
    assert (saved.pk, saved.statut, saved.pret.age_min) == ("scooter-a-preter", "brouillon", 18)
    _, preview = bring(read_csv(text))
    assert preview.count("double") == 1
    assert Solution.objects.count() == 1


def test_a_double_is_proposed_and_completed_only_if_one_says_so(made, bring):
    made(nom="Vélo électrique du Velay", par_mois_eur="8.00")
    row = NEW | {
        "nom": "Velo electrique du Velay", "type_solution": "location_velo", "par_mois_eur": "99",
        "caution_eur": "50",
    }  # fmt: skip
    _, preview = bring(read_csv(table(row)))
    assert preview.lines[0].double.pk == "velo"
    assert Solution.objects.count() == 1
    assert Solution.objects.get().caution_eur is None
    bring(read_csv(table(row)), {"ligne 2": "completer"})
    saved = Solution.objects.get()
    assert (str(saved.par_mois_eur), str(saved.caution_eur)) == ("8.00", "50.00")
    bring(read_csv(table(row)), {"ligne 2": "creer"})
    assert Solution.objects.count() == 2


def test_a_wrong_line_is_left_out_only_once_one_agrees(structure, bring):
    text = table(NEW, NEW | {"nom": "Autre scooter", "type_solution": "fusee"})
    with pytest.raises(EditingError, match="1 fiche du fichier a un défaut : rien n'est importé"):
        bring(read_csv(text))
    assert not Solution.objects.exists()
    _, preview = bring(read_csv(text), leave_out=True)
    assert preview.left_out == 1
    assert [solution.nom for solution in Solution.objects.all()] == ["Scooter à prêter"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"par_jour_eur": "deux"}, "ligne 2, colonne « par_jour_eur » : « deux »"),
        ({"zone_libre": "peut-être"}, "ni oui ni non"),
        ({"zones": "Nulle-Part-sur-Rien"}, "colonne « zones »"),
        ({"delai_jours": "3.5"}, "colonne « delai_jours »"),
    ],
)
def test_what_a_table_says_wrong_is_told_with_its_place(structure, changed, message):
    wrong, sound = read_csv(table(NEW | changed, NEW)).solutions
    assert message in wrong.faults[0]
    assert not sound.faults


def test_a_column_we_do_not_know_and_a_workbook_that_is_none_are_refused():
    with pytest.raises(FileError, match="Colonnes inconnues : couleur"):
        read_csv(table(NEW | {"couleur": "bleu"}))
    with pytest.raises(FileError, match="n'est pas un classeur Excel"):
        read_xlsx(b"rien")


def test_nothing_in_a_workbook_is_a_formula(made):
    made(nom="=1+1", description="@commande")
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(queries.with_parts())))
    cells = [cell for row in book["solutions"].iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert "'@commande" in write_csv(queries.with_parts())
    assert read_xlsx(write_xlsx(queries.with_parts())).solutions[0].content["nom"] == "=1+1"


def test_entries_of_another_organisation_are_refused(made, bring):
    made()
    elsewhere = Organisation.objects.create(slug="ailleurs", nom="Ailleurs")
    Structure.objects.update(organisation=elsewhere)
    with pytest.raises(EditingError):
        bring(read_csv(table({"id": "velo", "nom": "Pris"})))
    assert Solution.objects.get().nom == "Un vélo"


def test_the_solutions_noted_for_haute_loire_come_in_twice_the_same(shared, structure, bring):
    notes = json.loads((shared / "mobility" / "seed_solutions_43.json").read_text("utf-8"))
    kinds = {
        "transport_public": "tc_ligne", "tad": "tad", "aide_financiere": "aide_deplacement",
        "garage_solidaire": "garage", "accompagnement_mobilite": "diagnostic",
        "velo": "location_velo", "autopartage": "autopartage", "covoiturage": "covoiturage",
        "autostop": "covoiturage", "aide_permis": "aide_permis",
        "logement_ofs": "rapprochement_logement",
    }  # fmt: skip
    rows = [
        {
            "id": f"note-{i}", "structure": "mms", "nom": solution["nom"],
            "type_solution": kinds[solution["type"]], "description": solution["details"],
            "telephone": solution.get("telephone", ""),
            "source_url": solution["source_url"], "source_citation": solution["date_info"],
        }
        for i, solution in enumerate(notes["solutions"])
    ]  # fmt: skip
    text = table(*rows)
    bring(read_csv(text), {f"ligne {i}": "creer" for i in range(2, 20)})
    assert Solution.objects.count() == len(rows) == 14
    before = everything()
    _, preview = bring(read_csv(text))
    assert {line.action for line in preview.lines} == {"identique"}
    _, preview = bring(read_xlsx(write_xlsx(queries.with_parts())))
    assert preview.changes_nothing
    assert everything() == before


# -- undoing ---------------------------------------------------------------------------------------


def test_an_import_is_undone_whole(made, bring, editor, now):
    made(par_mois_eur="8.00")
    before = everything()
    known = NEW | {"id": "velo", "nom": "Un vélo", "type_solution": "location_velo"}
    row, _ = bring(read_csv(table(known | {"par_mois_eur": "9"}, NEW)))
    assert Solution.objects.count() == 2
    assert undo(by=editor, row=row, now=now) == []
    assert everything() == before
    with pytest.raises(EditingError, match="rien à annuler"):
        undo(by=editor, row=row, now=now)


def test_undoing_keeps_what_was_changed_since(made, bring, editor, now):
    made(par_mois_eur="8.00", caution_eur="10.00")
    row, _ = bring(read_csv(table({"id": "velo", "par_mois_eur": "9", "caution_eur": "20"})))
    content = content_of(Solution.objects.get()) | {
        "caution_eur": "30.00",
        "telephone": "0465710099",
    }
    operations.edit_solution(by=editor, key="velo", content=content, version=2, now=now)
    undone = undo(by=editor, row=row, now=now)
    saved = Solution.objects.get()
    assert (str(saved.par_mois_eur), str(saved.caution_eur), saved.telephone) == (
        "8.00", "30.00", "0465710099",
    )  # fmt: skip
    assert undone == ["« Un vélo » : « caution_eur » a changé depuis, il est laissé."]


def test_a_file_is_applied_once(structure, bring, editor, now):
    row, _ = bring(read_csv(table(NEW)))
    with pytest.raises(EditingError, match="déjà appliqué"):
        apply(by=editor, row=row, decisions={}, now=now)


# -- car-pool places -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bnlc_43.csv", "bnlc_43_2026-08.csv"])
def test_the_published_places_come_in_and_go_out_the_same(
    shared, organisation, bring, editor, now, name
):
    text = (shared / "carpool" / name).read_bytes()
    row, preview = bring(read_bnlc(text))
    assert len(preview.lieux) == LieuCovoiturage.objects.count() == 27
    out = list(csv.DictReader(io.StringIO(write_bnlc(LieuCovoiturage.objects.all()))))
    given = sorted(
        csv.DictReader(io.StringIO(text.decode("utf-8-sig"))), key=lambda r: r["id_lieu"]
    )
    for ours, theirs in zip(out, given, strict=True):
        assert {k: ours[k] for k in theirs if k not in ("Xlong", "Ylat")} == {
            k: v for k, v in theirs.items() if k not in ("Xlong", "Ylat")
        }
        assert float(ours["Xlong"]) == float(theirs["Xlong"])
    _, again = bring(read_bnlc(text))
    assert again.changes_nothing
    undo(by=editor, row=row, now=now)
    assert not LieuCovoiturage.objects.exists()


def test_wrong_places_are_listed_line_by_line_and_left_out(shared, db):
    text = (shared / "carpool" / "bnlc_43.csv").read_text("utf-8")
    wrong = text.replace("Parking relais", "Gare", 1).replace("2022-07-11", "hier", 1)
    batch = read_bnlc(wrong.encode())
    assert len(batch.refused) == 2
    assert "Ligne 2, colonne « type »" in batch.refused[0]
    assert len(batch.lieux) >= 25
    with pytest.raises(FileError, match="Il manque les colonnes"):
        read_bnlc(b"a,b\n1,2\n")


# -- GTFS-Flex and GBFS ----------------------------------------------------------------------------


def test_services_on_demand_make_a_valid_feed(demonstration, gtfs_errors):
    feed = flex_feed(queries.with_parts(), start=ON, site="https://guichet.fr/")
    assert gtfs_errors(write_zip(feed), ON.isoformat()) == []
    assert {row["route_id"] for row in feed.rows["routes.txt"]} == {
        "tad-agglo",
        "tad-cayres-pradelles",
    }
    assert any("Brivadois" in note for note in feed.left_out)


def test_the_feed_tells_windows_notices_and_days(made):
    square = '{"type":"Polygon","coordinates":[[[3.8,45],[3.9,45],[3.9,45.1],[3.8,45.1],[3.8,45]]]}'
    solution = made(
        type_solution="tad", horaires_service="Mo 07:00-09:00; PH off", booking_type="2",
        prior_notice_last_day=1, prior_notice_last_time="18:00", telephone="04 65 71 00 10",
        zones_service=[{"nom": "bourg", "geojson": square}],
        fermetures=[{"nature": "fermeture", "du": "2026-11-30", "au": "2026-11-30", "motif": ""}],
        detail={"safe_duration_factor": "1.50", "safe_duration_offset_min": 10},
    )  # fmt: skip
    rows = flex_feed([solution], start=ON, site="https://x.example/").rows
    days = [row["date"] for row in rows["calendar_dates.txt"]]
    # Mondays of 23 November to 20 February, but the one it is closed.
    assert days[:2] == ["20261123", "20261207"]
    assert len(days) == 12
    first, second = rows["stop_times.txt"]
    assert first["location_id"] == second["location_id"] == "velo-0"
    assert (first["start_pickup_drop_off_window"], first["end_pickup_drop_off_window"]) == (
        "07:00:00", "09:00:00",
    )  # fmt: skip
    (rule,) = rows["booking_rules.txt"]
    assert (rule["booking_type"], rule["prior_notice_last_day"]) == ("2", 1)
    assert rule["prior_notice_last_time"] == "18:00:00"
    assert rows["trips.txt"][0]["safe_duration_offset"] == 600


def test_a_service_without_hours_or_area_is_left_out_and_told(made):
    feed = flex_feed([made(type_solution="tad")], start=ON, site="https://x.example/")
    assert feed.left_out == ["« Un vélo » : ni zone dessinée ni arrêts."]


def test_a_shared_fleet_is_told_in_gbfs(demonstration, now):
    (fleet,) = [entry for entry in queries.with_parts() if not missing(entry)]
    files = gbfs_files(fleet, base_url="https://x.example/gbfs/", now=now)
    assert {file["version"] for file in files.values()} == {"3.0"}
    assert len(files["station_information"]["data"]["stations"]) == 2
    assert {f["name"] for f in files["gbfs"]["data"]["feeds"]} == set(files) - {"gbfs"}
    (kind,) = files["vehicle_types"]["data"]["vehicle_types"]
    assert (kind["form_factor"], kind["propulsion_type"]) == ("car", "electric")


@pytest.mark.parametrize("name", ["aspen-flex-on-demand", "FlexExample--on-demand-service.zip"])
def test_published_flex_feeds_come_in_twice_the_same(shared, organisation, bring, name):
    path = shared / "flex" / name
    text = path.read_bytes() if path.is_file() else zipped(path)
    batch = read_flex(text)
    bring(batch, {each_solution.place: "creer" for each_solution in batch.solutions})
    solution = queries.with_parts().first()
    assert solution.type_solution == "tad"
    assert solution.zones_service.count() >= 1
    assert solution.booking_type == "0"
    assert solution.horaires_service
    before = everything()
    _, preview = bring(read_flex(text))
    assert preview.changes_nothing
    assert everything() == before


def zipped(folder):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
    return out.getvalue()


def test_our_own_flex_comes_back_with_its_windows_and_notice(made):
    square = '{"type":"Polygon","coordinates":[[[3.8,45],[3.9,45],[3.9,45.1],[3.8,45.1],[3.8,45]]]}'
    solution = made(
        type_solution="tad", horaires_service="Mo-Fr 07:00-09:00", booking_type="1",
        prior_notice_duration_min=120, zones_service=[{"nom": "bourg", "geojson": square}],
    )  # fmt: skip
    feed = flex_feed([solution], start=ON, site="https://x.example/")
    (read,) = read_flex(write_zip(feed)).solutions
    assert read.content["prior_notice_duration_min"] == 120
    assert read.content["nom"] == "Un vélo"
    assert [zone["nom"] for zone in read.content["zones_service"]] == ["bourg"]


def test_an_archive_that_is_no_flex_is_told():
    with pytest.raises(FileError, match="pas une archive zip"):
        read_flex(b"rien")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("agency.txt", "agency_name\nx\n")
    with pytest.raises(FileError, match=r"routes\.txt"):
        read_flex(out.getvalue())


# -- pages -----------------------------------------------------------------------------------------


def test_a_file_is_read_over_applied_and_undone_on_pages(client, editor, structure):
    client.force_login(editor)
    given = io.BytesIO(table(NEW))
    given.name = "scooters.csv"
    answer = client.post(
        "/organisations/ici/imports/", {"fichier": given, "format": "csv"}, follow=True
    )
    page = answer.content.decode()
    assert "nouvelle fiche, en brouillon" in page
    assert not Solution.objects.exists()
    address = answer.redirect_chain[-1][0]
    client.post(address, {"appliquer": "1"})
    assert Solution.objects.count() == 1
    undone = client.post(address, {"annuler": "1"}, follow=True)
    assert "est annulé" in undone.content.decode()
    assert not Solution.objects.exists()


def test_a_file_that_cannot_be_read_is_told_on_the_page(client, editor, structure):
    client.force_login(editor)
    given = io.BytesIO(b"couleur\n")
    given.name = "x.csv"
    answer = client.post("/organisations/ici/imports/", {"fichier": given, "format": "csv"})
    assert answer.status_code == 422
    assert "aucune ligne sous ses en-têtes" in answer.content.decode()


def test_the_published_catalogue_is_downloaded_in_each_format(client, demonstration):
    response = client.get("/solutions/data-inclusion.json").json()
    assert len(response["services"]) == len(response["pertes"]) > 30
    assert client.get("/solutions/transport-a-la-demande.zip").content[:2] == b"PK"
    assert client.get("/solutions/lieux-covoiturage.csv").content.startswith(b"id_lieu,")
    listed = client.get("/solutions/autopartage/gbfs/gbfs.json").json()["data"]["feeds"]
    for feed in listed:
        path = feed["url"].removeprefix("http://testserver")
        assert client.get(path).json()["version"] == "3.0"
    assert client.get("/solutions/ter/gbfs/gbfs.json").status_code == 404


def test_an_organisation_downloads_its_own_tables(client, editor, made):
    made()
    client.force_login(editor)
    assert b"velo" in client.get("/organisations/ici/export/csv/").content
    for kind in ("xlsx", "modele"):
        assert client.get(f"/organisations/ici/export/{kind}/").content[:2] == b"PK"
