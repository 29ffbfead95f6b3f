"""The national list of feeds, read as the access point gives it, and served by a server of ours."""

import json
from datetime import date

import pytest
from misbehaving import LOOPBACK, misbehaving_site, status, whole

from traitdunion.sources import open_feeds
from traitdunion.sources.bounded import Unreadable
from traitdunion.sources.downloads import DownloadError, Limits
from traitdunion.sources.open_feeds import Place, around, find_feeds, place_of, read_catalogue

TODAY = date(2026, 12, 1)
QUICK = Limits(total_s=60.0, silence_s=20.0, size_bytes=1 << 20, pauses_s=())
LOZERE = Place("48", "76", "Occitanie", frozenset({"200069268"}))


def dataset(title, *areas, kind="public-transit", licence="lov2", files=(), **resource):
    file = {"format": "GTFS", "original_url": f"https://x.example/{title}.zip", "title": "gtfs.zip",
            "is_available": True, "modes": ["bus"], **resource}  # fmt: skip
    return {
        "title": title, "type": kind, "licence": licence, "slug": title, "covered_area": [*areas],
        "page_url": f"https://x.example/datasets/{title}",
        "publisher": {"name": "Région fictive", "type": "organization"},
        "resources": [file, *files],
    }  # fmt: skip


def area(level, code, name=""):
    return {"type": level, "insee": code, "nom": name}


def catalogue(*datasets):
    return json.dumps(datasets).encode()


def taken(*datasets, place=LOZERE):
    return [feed.title for feed in around(read_catalogue(catalogue(*datasets)), place,
                                          on=TODAY).taken]  # fmt: skip


def test_what_covers_a_departement_or_stands_in_it_is_taken_the_nearest_first():
    assert taken(
        dataset("train", area("pays", "FR"), modes=["rail"]),
        dataset("autocars de nuit", area("pays", "FR")),
        dataset("cars de la région", area("region", "76")),
        dataset("une autre région", area("region", "84")),
        dataset("ville", area("commune", "48095")),
        dataset("intercommunalité", area("epci", "200069268")),
        dataset("cars du département", area("departement", "48")),
        dataset("voisin", area("departement", "43")),
        dataset("vélos", area("departement", "48"), kind="bike-scooter-sharing"),
    ) == ["cars du département", "intercommunalité", "ville", "cars de la région", "train"]


def test_a_file_without_licence_ended_or_not_there_is_left_with_its_reason():
    feeds = read_catalogue(
        catalogue(
            dataset("a", area("departement", "48"), licence="notspecified"),
            dataset("b", area("departement", "48"), metadata={"end_date": "2026-11-30"}),
            dataset("c", area("departement", "48"), metadata={"end_date": "2026-12-01"}),
            dataset("d", area("departement", "48"), is_available=False),
        )
    )
    found = around(feeds, LOZERE, on=TODAY)
    assert [feed.title for feed in found.taken] == ["c"]
    assert {feed.title: why for feed, why in found.left} == {
        "a": "sa licence n'est pas indiquée", "b": "il s'arrête au 30/11/2026",
        "d": "le fichier ne se télécharge pas",
    }  # fmt: skip


def test_a_feed_has_its_real_time_and_a_name_of_its_own():
    live = {"format": "gtfs-rt", "url": "https://x.example/live", "features": ["trip_updates"]}
    other = {"format": "GTFS", "original_url": "https://x.example/2.zip", "title": "Été"}
    rows = [
        dataset("Réseau d'été", area("departement", "48"), files=(live,)),
        dataset("Réseau d'été", area("departement", "48"), files=(live, other)),
    ]
    one, two, three = (each.feed for each in read_catalogue(catalogue(*rows)))
    assert (one.name, two.name) == ("reseau-d-ete", "reseau-d-ete-gtfs-zip")
    assert three.title == "Réseau d'été : Été"
    assert (one.trip_updates, one.service_alerts) == ("https://x.example/live", "")
    assert two.trip_updates == three.trip_updates == ""  # their feed is not known
    assert (one.licence, one.publisher) == ("Licence Ouverte 2.0", "Région fictive")
    assert one.departements == ("48",)


@pytest.mark.parametrize(
    ("covered", "is_taken"),
    [({"type": "region", "name": "Occitanie"}, True), ({"type": "region", "name": "Corse"}, False),
     ({"type": "cities", "name": "x", "cities": [{"name": "Mende", "insee": "48095"}]}, True),
     ({"type": "aom", "name": "Mende"}, False), ({}, False), (None, False), ("48", False),
     ([7, {"type": None}], False)],
)  # fmt: skip
def test_areas_of_former_years_are_read_and_those_that_are_none_hold_nothing(covered, is_taken):
    row = dataset("cars") | {"covered_area": covered}
    assert taken(row) == (["cars"] if is_taken else [])


@pytest.mark.parametrize("content", [b"{}", b"<html>", b"", b"null"])
def test_what_is_no_list_is_refused(content):
    with pytest.raises(Unreadable):
        read_catalogue(content)


def test_any_departement_is_known_with_its_region_and_its_groupings():
    for code, region in (("48", "Occitanie"), ("2A", "Corse"), ("974", "La Réunion")):
        place = place_of(code)
        assert (place.region_name, bool(place.epcis)) == (region, True), code
    with pytest.raises(KeyError):
        place_of("20")


def test_the_list_is_downloaded_and_what_is_none_is_a_failed_download(monkeypatch):
    monkeypatch.setattr(open_feeds, "place_of", lambda code: LOZERE)
    with misbehaving_site() as site:
        rows = catalogue(dataset("cars", area("departement", "48")))
        site.serve("/list", whole(rows))
        site.serve("/page", whole(b"<html>"))
        site.serve("/gone", status(404))
        found = find_feeds("48", on=TODAY, url=site.url("/list"), network=LOOPBACK, limits=QUICK)
        assert [feed.url for feed in found.taken] == ["https://x.example/cars.zip"]
        for path in ("/page", "/gone"):
            with pytest.raises(DownloadError, match="liste nationale des flux"):
                find_feeds("48", on=TODAY, url=site.url(path), network=LOOPBACK, limits=QUICK)
