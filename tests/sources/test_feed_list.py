"""The list of feeds: ours is sound, and all that is wrong in another is told at once."""

from pathlib import Path

import pytest

import traitdunion
from traitdunion.sources.feed_list import FeedListError, read_feed_list

OURS = Path(traitdunion.__file__).parent / "data" / "feeds" / "43.yaml"
NEIGHBOURS = {"07", "12", "15", "42", "43", "48", "63"}
SOUND = """
title: Velay
feeds:
  - {name: cars, title: Cars, publisher: Région, licence: ODbL, why: parce que,
     url: "https://exemple.fr/a.zip", departements: ["43"]}
"""


def test_our_list_concerns_the_departement_and_its_neighbours():
    listed = read_feed_list(OURS)
    assert {code for feed in listed.feeds for code in feed.departements} == NEIGHBOURS
    assert listed.feeds[0].name == "cars-region-haute-loire"
    assert all(feed.url.startswith("https://") and feed.licence for feed in listed.feeds)


def test_our_list_holds_no_address_that_is_not_in_the_list_of_the_publishers(shared):
    known = (shared / "transit" / "feed_urls_aura.csv").read_text(encoding="utf-8")
    for feed in read_feed_list(OURS).feeds:
        assert feed.url in known
        assert feed.page in known
        row = next(line for line in known.splitlines() if feed.url in line)
        assert row.endswith(feed.licence)


@pytest.fixture
def wrong(tmp_path):
    """What is told of a list."""

    def told(text: str) -> list[str]:
        path = tmp_path / "feeds.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(FeedListError, match=r"^feeds.yaml : ") as refused:
            read_feed_list(path)
        return refused.value.mistakes

    return told


def test_a_sound_list_is_read(tmp_path):
    path = tmp_path / "feeds.yaml"
    path.write_text(SOUND, encoding="utf-8")
    listed = read_feed_list(path)
    assert (listed.title, listed.feeds[0].departements, listed.feeds[0].page) == (
        "Velay",
        ("43",),
        "",
    )


def test_everything_wrong_is_told_at_once(wrong):
    messages = wrong(
        "feeds:\n"
        "  - {name: Cars 43, title: Cars, licence: '', publisher: R, why: w, url: ftp://a, x: 1}\n"
        "  - cars\n"
    )
    assert messages == [
        "flux n° 1 (Cars 43) : champ inconnu « x ».",
        "flux n° 1 (Cars 43) : il manque « licence ».",
        "flux n° 1 (Cars 43) : « name » s'écrit en minuscules, chiffres et traits d'union.",
        "flux n° 1 (Cars 43) : « url » n'est pas une adresse http ou https.",
        "flux n° 2 : écrivez ses champs, un par ligne.",
        "il manque « title », le nom du territoire.",
    ]


def test_two_feeds_of_one_name_are_refused(wrong):
    twice = SOUND + SOUND.split("feeds:")[1]
    assert wrong(twice) == ["« cars » est pris 2 fois."]


@pytest.mark.parametrize("name", ["..", "../a", "a/b", ".lock", "", "a b", "-a"])
def test_a_name_that_is_no_folder_is_refused(wrong, name):
    assert wrong(SOUND.replace("name: cars", f"name: '{name}'"))


@pytest.mark.parametrize("text", ["", "feeds: []", "title: x", "- a", "title: x\nfeeds: {a: b}"])
def test_a_file_that_is_no_list_is_refused(wrong, text):
    assert wrong(text) == ["écrivez « title » et une liste « feeds » d'au moins un flux."]


def test_text_that_is_no_yaml_and_a_missing_file_are_told(wrong, tmp_path):
    assert "YAML illisible" in wrong("a: [")[0]
    with pytest.raises(FeedListError, match="n'existe pas"):
        read_feed_list(tmp_path / "absent.yaml")
