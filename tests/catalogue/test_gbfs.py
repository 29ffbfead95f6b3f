"""Shared fleets in GBFS: what we publish is valid, what we take in is told, twice is once."""

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from gbfs_validator import validate_feed
from misbehaving import LOOPBACK, misbehaving_site, status, whole

from traitdunion.catalogue import queries
from traitdunion.catalogue.entries import content_of
from traitdunion.catalogue.exchange import fetching
from traitdunion.catalogue.exchange.applying import undo
from traitdunion.catalogue.exchange.batch import FileError
from traitdunion.catalogue.exchange.gbfs import gbfs_files, missing
from traitdunion.catalogue.exchange.gbfs_import import fetch_web, read_gbfs, read_gbfs_at
from traitdunion.catalogue.models import Solution, Structure
from traitdunion.matching.offers import lends

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def faults(folder, files):
    """What an independent validator says of the files of a feed, written in a folder."""
    for name, document in files.items():
        (folder / f"{name}.json").write_text(json.dumps(document), "utf-8")
    report = validate_feed((folder / "gbfs.json").as_uri())
    assert report["summary"]["version"]["detected"] == files["gbfs"]["version"]
    the_files = [file["file"] for file in report["files"] if file.get("exists")]
    assert {f"{name}.json" for name in files} <= set(the_files)
    rows = [
        (file["file"], fault["instancePath"], fault["message"])
        for file in report["files"]
        for part in (file, *file.get("languages", []))
        for fault in part.get("errors") or []
    ]
    assert len(rows) == report["summary"]["errorsCount"]
    return rows


def document(version, data):
    stamp = 1_764_000_000 if version < "3" else "2026-11-23T09:00:00+00:00"
    return {"last_updated": stamp, "ttl": 60, "version": version, "data": data}


def feed(version, base, **data):
    """The files of a feed, with the one that names them."""
    feeds = [{"name": name, "url": f"{base}{name}.json"} for name in data]
    listed = {"feeds": feeds} if version >= "3" else {"fr": {"feeds": feeds}}
    files = {"gbfs": document(version, listed)}
    return files | {name: document(version, content) for name, content in data.items()}


def fr(text):
    return [{"text": text, "language": "fr"}]


def velay(base="https://x.example/"):
    """GBFS 3.0: bicycles at 1 € the half-hour, electric ones at 0.05 € the minute."""
    return feed(
        "3.0", base,
        system_information={
            "system_id": "velay", "languages": ["fr"], "name": fr("Vélos du Velay"),
            "opening_hours": "Mo-Sa 06:00-22:00", "operator": fr("Régie du Velay"),
            "url": "https://velos.example", "phone_number": "+33471000011",
            "email": "velos@x.example", "feed_contact_email": "velos@x.example",
            "timezone": "Europe/Paris",
        },
        vehicle_types={"vehicle_types": [
            {"vehicle_type_id": "v", "form_factor": "bicycle", "propulsion_type": "human",
             "default_pricing_plan_id": "heure"},
            {"vehicle_type_id": "e", "form_factor": "bicycle",
             "propulsion_type": "electric_assist", "max_range_meters": 40_000,
             "return_constraint": "any_station", "default_pricing_plan_id": "minute"},
            {"vehicle_type_id": "t", "form_factor": "scooter_standing",
             "propulsion_type": "electric", "max_range_meters": 20_000},
        ]},
        station_information={"stations": [
            {"station_id": "1", "name": fr("Gare"), "lat": 45.0429, "lon": 3.8924},
            {"station_id": "2", "name": fr("Breuil"), "lat": 45.042, "lon": 3.8845},
        ]},
        system_pricing_plans={"plans": [
            {"plan_id": "heure", "name": fr("À la demi-heure"), "currency": "EUR", "price": 0,
             "is_taxable": False, "description": fr("Première minute offerte en mai."),
             "per_min_pricing": [{"start": 0, "rate": 1, "interval": 30}]},
            {"plan_id": "minute", "name": fr("À la minute"), "currency": "EUR", "price": 0,
             "is_taxable": False, "description": fr("Sans abonnement."),
             "per_min_pricing": [{"start": 0, "rate": 0.05, "interval": 1}]},
        ]},
    )  # fmt: skip


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, file in files.items():
            archive.writestr(f"flux/{name}.json", json.dumps(file))
    return out.getvalue()


# -- what we publish -------------------------------------------------------------------------------


def test_every_fleet_that_we_publish_is_valid(demonstration, made, tmp_path):
    """The demonstration's cars, and a small one: bicycles without an hour nor a price."""
    stops = [{"nom": "Gare", "lat": 45, "lon": 3.9}]
    made("velos", type_solution="autopartage", mode="velo", arrets=stops, courriel="v@x.example",
         par_trajet_eur="1.50", par_heure_eur="2", par_km_eur="0.1", forfait_eur="10")  # fmt: skip
    made("nus", nom="Nus", type_solution="autopartage", arrets=stops, courriel="v@x.example",
         distance_max_km="300")  # fmt: skip
    fleets = [entry for entry in queries.with_parts() if not missing(entry)]
    assert {fleet.pk for fleet in fleets} == {"autopartage", "velos", "nus"}
    for fleet in fleets:
        folder = tmp_path / fleet.pk
        folder.mkdir()
        files = gbfs_files(fleet, base_url=f"{folder.as_uri()}/", now=NOW)
        assert faults(folder, files) == []


def test_the_validator_would_see_a_fault(tmp_path):
    files = velay(f"{tmp_path.as_uri()}/")
    assert faults(tmp_path, files) == []
    files["station_information"]["data"]["stations"][0]["lat"] = 95
    assert [file for file, *_ in faults(tmp_path, files)] == ["station_information.json"]


def test_the_price_of_a_trip_is_not_what_one_pays_to_join(made):
    stops = [{"nom": "Gare", "lat": 45, "lon": 3.9}]
    solution = made(type_solution="autopartage", arrets=stops, courriel="v@x.example",
               par_trajet_eur="1.50", forfait_eur="10")  # fmt: skip
    (plan,) = gbfs_files(solution, base_url="https://x.example/", now=NOW)["system_pricing_plans"][
        "data"
    ]["plans"]
    assert plan["price"] == 1.5
    assert plan["description"][0]["text"] == "Adhésion : 10,00 €."


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"arrets": []}, "stations"),
        ({"courriel": ""}, "adresse électronique"),
        ({"distance_max_km": None}, "jusqu'où il va"),
        ({"distance_max_km": None, "mode": "velo"}, ""),
    ],
)
def test_a_fleet_that_does_not_tell_what_gbfs_asks_for_has_no_feed(made, content, why):
    fields = {"arrets": [{"nom": "Gare", "lat": 45, "lon": 3.9}], "courriel": "v@x.example",
            "distance_max_km": "300"}  # fmt: skip
    missing_fields = missing(made(type_solution="autopartage", **fields | content))
    assert why in missing_fields if why else not missing_fields


# -- what we take in -------------------------------------------------------------------------------


def test_a_fleet_comes_in_as_one_draft_a_kind_of_vehicle(bring):
    """1 € the half-hour is 2 € an hour; 0.05 € a minute is 3 €."""
    _, preview = bring(read_gbfs(zipped(velay())))
    assert [line.action for line in preview.lines] == ["creer", "creer", "laisser"]
    assert "scooter_standing" in preview.lines[2].problems[0].why
    bike, ebike = Solution.objects.order_by("nom")
    assert (bike.nom, ebike.nom) == (
        "Vélos du Velay, vélo", "Vélos du Velay, vélo à assistance électrique",
    )  # fmt: skip
    assert {bike.statut, ebike.statut} == {"brouillon"}
    assert (bike.par_heure_eur, ebike.par_heure_eur, bike.par_trajet_eur) == (2, 3, None)
    assert bike.tarif_precisions == (
        "À la demi-heure : 1 EUR toutes les 30 minutes. Première minute offerte en mai."
    )
    assert (bike.horaires_service, bike.frais) == ("Mo-Sa 06:00-22:00", "payant")
    assert [(stop.nom, stop.lat) for stop in bike.arrets.all()] == [
        ("Breuil", 45.042), ("Gare", 45.0429),
    ]  # fmt: skip
    assert (ebike.distance_max_km, ebike.pret.propulsion) == (40, "electric_assist")
    assert ebike.pret.retour_meme_lieu is False
    structure = Structure.objects.get(pk="regie-du-velay")
    assert (structure.telephone, structure.courriel) == ("04 71 00 00 11", "velos@x.example")
    assert not lends(bike)  # shared from stations: nobody has it at home every morning


def test_the_same_feed_twice_changes_nothing_and_is_undone(bring, editor, now):
    row, _ = bring(read_gbfs(zipped(velay())))
    _, again = bring(read_gbfs(zipped(velay())), applied=False)
    assert [change for line in again.lines for change in line.changes] == []
    assert again.changes_nothing
    assert undo(by=editor, row=row, now=now) == []
    assert not Solution.objects.exists()


def test_a_feed_that_changed_changes_that_and_nothing_else(bring):
    bring(read_gbfs(zipped(velay())))
    files = velay()
    files["station_information"]["data"]["stations"][0]["name"] = fr("Pôle intermodal")
    _, preview = bring(read_gbfs(zipped(files)))
    assert [line.action for line in preview.lines] == ["modifier", "modifier", "laisser"]
    assert [change.field for change in preview.lines[0].changes] == ["arrets"]


def test_what_we_publish_comes_back_the_same(demonstration, bring, now):
    (fleet,) = [entry for entry in queries.with_parts() if not missing(entry)]
    _, preview = bring(
        read_gbfs(zipped(gbfs_files(fleet, base_url="https://x.example/", now=now))), applied=False
    )
    (line,) = preview.lines
    assert (line.action, line.double.pk) == ("double", fleet.pk)  # proposed, never merged alone
    given, ours = line.read.content, content_of(fleet)
    stops = [{**stop, "ordre": 0} for stop in ours["arrets"]]
    assert sorted(given["arrets"], key=str) == sorted(stops, key=str)
    assert given["detail"]["propulsion"] == ours["detail"]["propulsion"]


def test_a_double_fills_what_the_catalogue_does_not_tell(bring, made, structure):
    made(nom="Vélos du Velay", type_solution="autopartage", par_heure_eur="1")
    files = velay()
    files["vehicle_types"]["data"]["vehicle_types"] = files["vehicle_types"]["data"][
        "vehicle_types"
    ][:1]
    batch = read_gbfs(zipped(files))
    _, preview = bring(batch, {batch.solutions[0].place: "completer"})
    assert preview.lines[0].action == "double"
    solution = Solution.objects.get()
    assert (solution.par_heure_eur, solution.mode, solution.arrets.count()) == (1, "velo", 2)


SECOND = {
    "system_information": {"system_id": "deux", "language": "fr", "name": "Deux",
                           "timezone": "Europe/Paris"},
    "station_information": {"stations": [
        {"station_id": "1", "name": "Place", "lat": 45.1, "lon": 3.9}]},
    "system_pricing_plans": {"plans": [
        {"plan_id": "a", "name": "Ticket", "currency": "EUR", "price": "1.50",
         "is_taxable": False, "description": "Une heure."}]},
}  # fmt: skip


def test_an_older_feed_by_language_and_without_kinds_is_of_bicycles(bring, tmp_path):
    files = feed("2.3", f"{tmp_path.as_uri()}/", **SECOND)
    files["system_pricing_plans"]["data"]["plans"][0]["price"] = 1.5
    assert faults(tmp_path, files) == []
    bring(read_gbfs(zipped(feed("2.3", "https://x.example/", **SECOND))))
    solution = Solution.objects.get()
    assert (solution.nom, solution.mode, float(solution.par_trajet_eur)) == ("Deux", "velo", 1.5)
    assert solution.structure.nom == "Deux"


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        ("station_information", lambda d: d["stations"][0].update(lat=95),
         "station_information.json, champ « data.stations[0].lat » : « 95.0, 3.8924 » n'est pas un "
         "lieu de France : corrigez les coordonnées. (station « Gare ») Elle est laissée."),
        ("station_information", lambda d: d["stations"][0].update(lat=0, lon=0),
         "au large de l'Afrique"),
        ("station_information", lambda d: d["stations"][0].update(lat="nord"), "« nord, 3.8924 »"),
        ("station_information", lambda d: d["stations"][0].pop("name"), "stations[0].name"),
        ("station_information", lambda d: d["stations"].append(dict(d["stations"][0])),
         "deux fois au même endroit"),
        ("system_information", lambda d: d.update(opening_hours="le matin"),
         "data.opening_hours » : « le matin » n'est pas compris"),
        ("vehicle_types", lambda d: d["vehicle_types"][0].update(default_pricing_plan_id="z"),
         "il n'y a pas de tarif « z »"),
        ("vehicle_types", lambda d: d["vehicle_types"][0].update(propulsion_type="vapeur"),
         "« vapeur » n'a pas de nom ici"),
        ("vehicle_types", lambda d: d["vehicle_types"][0].pop("default_pricing_plan_id"),
         "plusieurs tarifs (À la demi-heure, À la minute)"),
        ("system_pricing_plans", lambda d: d["plans"][0].update(currency="CHF"),
         "« CHF » n'est pas l'euro"),
        ("system_pricing_plans", lambda d: d["plans"][0].update(price="cher"),
         "« cher » n'est pas un montant"),
        ("system_pricing_plans", lambda d: d["plans"][0].update(price=1),
         "ce tarif a plusieurs parts"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_as_said_is_told_and_the_rest_comes_in(bring, file, change, message):
    files = velay()
    change(files[file]["data"])
    batch = read_gbfs(zipped(files))
    notes = [note for read in batch.solutions for note in read.notes]
    assert any(message in note for note in notes), notes
    bring(batch)
    assert Solution.objects.count() == 2


def test_hours_that_a_feed_does_not_give_are_not_told_as_wrong():
    files = velay()
    files["system_information"]["data"].pop("opening_hours", None)
    notes = [note for solution in read_gbfs(zipped(files)).solutions for note in solution.notes]
    assert not [note for note in notes if "n'est pas compris" in note]


def test_a_price_in_several_parts_is_told_in_words_and_never_counted(bring):
    """1 € to unlock, then by the minute: no single amount tells it."""
    files = velay()
    files["system_pricing_plans"]["data"]["plans"][0].update(
        price=1, per_min_pricing=[{"start": 30, "rate": 0.5, "interval": 0}]
    )
    bring(read_gbfs(zipped(files)))
    solution = Solution.objects.get(mode="velo")
    assert (solution.par_trajet_eur, solution.par_heure_eur, solution.frais) == (
        None,
        None,
        "payant",
    )
    assert solution.tarif_precisions.startswith(
        "À la demi-heure : 1 EUR par trajet ; 0,5 EUR une fois à partir de 30 minutes."
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"rien", "pas une archive zip"),
        (zipped({}), "Il manque system_information.json"),
        (zipped({"system_information": []}), "data.system_id"),
        (zipped({"system_information": document("3.0", {"system_id": "x"})}), "« data.name »"),
    ],
)
def test_a_file_that_is_no_feed_is_refused(text, message):
    with pytest.raises(FileError, match=message):
        read_gbfs(text)


def test_a_file_that_is_no_json_says_where():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("system_information.json", '{"data": {\n"a": ,}}')
    with pytest.raises(FileError, match=r"system_information\.json, ligne 2, colonne 6"):
        read_gbfs(out.getvalue())


# -- from its address ------------------------------------------------------------------------------


@pytest.fixture
def site():
    with misbehaving_site() as the_site:
        yield the_site


def published_at(site, files):
    for name, file in files.items():
        site.serve(f"/{name}.json", whole(json.dumps(file).encode()))
    return site.url("/gbfs.json")


def local(url):
    return fetch_web(url, network=LOOPBACK)


def test_a_feed_is_read_from_its_address(site):
    batch = read_gbfs_at(published_at(site, velay(site.url("/"))), local)
    assert [path for path, _ in site.asked] == [
        "/gbfs.json", "/system_information.json", "/vehicle_types.json",
        "/station_information.json", "/system_pricing_plans.json",
    ]  # fmt: skip
    assert batch.solutions[0].content["detail"]["gbfs_url"] == site.url("/gbfs.json")
    assert len(batch.solutions[0].content["arrets"]) == 2


def test_of_several_languages_french_is_read(site):
    files = feed("2.3", site.url("/"), **SECOND)
    french = files["gbfs"]["data"].pop("fr")
    files["gbfs"]["data"] = {"en": {"feeds": []}, "fr": french}
    assert read_gbfs_at(published_at(site, files), local).solutions[0].content["nom"] == "Deux"


def test_a_file_that_does_not_answer_is_told(site):
    address = published_at(site, velay(site.url("/")))
    site.serve("/vehicle_types.json", status(404))
    with pytest.raises(FileError, match=r"vehicle_types.json : .*404"):
        read_gbfs_at(address, local)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>", "gbfs.json, ligne 1, colonne 1 : ce n'est pas du JSON"),
        (b"\xff\xfea", "coupé ou abîmé"),
        (b"", "la réponse est vide"),
        (b"[]", "« data.feeds »"),
        (b'{"data": {"feeds": [{"name": "station_status"}]}}', "system_information"),
    ],
)
def test_an_address_that_is_no_feed_is_told(site, body, message):
    site.serve("/gbfs.json", whole(body))
    with pytest.raises(FileError, match=message):
        read_gbfs_at(site.url("/gbfs.json"), local)


def test_inner_addresses_are_never_read(site):
    """Neither the one that is given, nor those that a feed names."""
    address = published_at(site, velay(site.url("/")))
    with pytest.raises(FileError, match="n'est pas publique"):
        read_gbfs_at(address)
    assert site.asked == []


@pytest.fixture
def asked(monkeypatch):
    """The imports whose reading was asked for: a test reads them out of the request, itself."""
    keys = []
    monkeypatch.setattr(fetching, "start_reading", keys.append)
    return keys


def test_the_page_reads_an_address_beside_the_request_and_shows_what_was_not_taken(
    client, editor, structure, site, asked, django_capture_on_commit_callbacks
):
    files = velay(site.url("/"))
    files["system_information"]["data"]["opening_hours"] = "le matin"
    client.force_login(editor)
    given = {"adresse": published_at(site, files), "format": "gbfs"}
    with django_capture_on_commit_callbacks(execute=True):
        address = client.post("/organisations/ici/imports/", given).url
    waiting = client.get(address)
    assert "en cours de lecture" in waiting.content.decode()
    assert waiting["Refresh"] == "2"
    # Another one waits for this one to be read.
    again = client.post("/organisations/ici/imports/", given)
    assert (again.status_code, "déjà en cours" in again.content.decode()) == (422, True)
    client.post(address, {"appliquer": "1"})
    assert not Solution.objects.exists()
    fetching.read_feed(*asked, local)
    page = client.get(address).content.decode()
    assert "Vélos du Velay, vélo" in page
    assert "«\u00a0le matin\u00a0» n&#x27;est pas compris" in page
    client.post(address, {"appliquer": "1"})
    assert Solution.objects.count() == 2


def test_an_address_that_cannot_be_read_says_why_and_one_cut_by_a_restart_too(
    client, editor, organisation, site, asked, now, django_capture_on_commit_callbacks
):
    def ask():
        with django_capture_on_commit_callbacks(execute=True):
            return fetching.ask_for_feed(
                by=editor, organisation=organisation, url=site.url("/gbfs.json"), now=now
            )

    site.serve("/gbfs.json", whole(b"<html>"))
    row = ask()
    client.force_login(editor)
    fetching.read_feed(row.pk, local)
    page = client.get(f"/catalogue/imports/{row.pk}/").content.decode()
    assert "Ce flux ne se lit pas" in page
    assert "gbfs.json, ligne 1, colonne 1" in page
    cut = ask()  # never read; the clock of the page is months later
    page = client.get(f"/catalogue/imports/{cut.pk}/")
    assert "La lecture a été interrompue" in page.content.decode()
    assert "Refresh" not in page


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"format": "gbfs"}, "Choisissez un fichier"),
        ({"format": "csv", "adresse": "https://x.example/gbfs.json"}, "Seul un flux GBFS"),
        ({"format": "gbfs", "adresse": "https://x.example/g.json", "with_file": True},
         "pas les deux"),
        ({"format": "gbfs", "adresse": "nulle part"}, "URL valide"),
    ],
)  # fmt: skip
def test_the_form_asks_for_a_file_or_an_address(client, editor, structure, given, message):
    client.force_login(editor)
    given = dict(given)
    if given.pop("with_file", False):
        given["fichier"] = io.BytesIO(b"x")
    answer = client.post("/organisations/ici/imports/", given)
    assert answer.status_code == 422
    assert message in answer.content.decode()
