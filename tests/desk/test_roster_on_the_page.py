"""Hours that differ by day or by week, typed on the page: the roster that a file would give."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from traitdunion.matching.roster_files import read_roster

ENDS = "/?domicile=Langeac+(43)&travail=Le+Puy-en-Velay+(43)&debut=08:00&fin=16:00&permis=aucun"
WEEK = ("lun", "mar", "mer", "jeu", "ven")
QUESTION = ENDS + "".join(f"&jours={day}" for day in WEEK)
TEXT = (
    "2026-11-30;1|lun,mar,mer,jeu,ven|05:00|13:00;2|lun,mar|13:00|21:00;2|mer|8h|12h"
    ";2|mer|14:00|18:00"
)
FILE = """
starts_on: 2026-11-30
cycle_weeks: 2
shifts:
  - {week: 1, days: [mon, tue, wed, thu, fri], start: "05:00", end: "13:00"}
  - {week: 2, days: [mon, tue], start: "13:00", end: "21:00"}
  - {week: 2, days: [wed], start: "08:00", end: "12:00"}
  - {week: 2, days: [wed], start: "14:00", end: "18:00"}
"""


def typed(*lines, since=""):
    """Return the fields of the grid, a line each: week, days, start, end."""
    fields = [("grille", "1"), ("h-debut", since)]
    for number, (week, days, start, end) in enumerate(lines, start=1):
        fields += [(f"h-semaine-{number}", week), (f"h-de-{number}", start), (f"h-a-{number}", end)]
        fields += [(f"h-jours-{number}", day) for day in days]
    return "".join(f"&{name}={value}" for name, value in fields)


LINES = (
    ("1", WEEK, "05:00", "13:00"),
    ("2", ("lun", "mar"), "13:00", "21:00"),
    ("2", ("mer",), "8h", "12h"),
    ("2", ("mer",), "14:00", "18:00"),
    ("1", (), "", ""),
)


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return unescape(response.content.decode()).replace("\u00a0", " ")


def test_nothing_of_it_is_on_screen_until_it_is_asked_for(client, sampled):
    html = read(client, QUESTION)
    details = re.search(r'<details class="roster"[^>]*>', html)[0]
    assert " open" not in details
    assert "Compris" not in html
    assert sampled.asked[-1].roster is None


def test_lines_typed_are_the_roster_of_a_file(client, sampled, tmp_path):
    response = client.get(QUESTION + typed(*LINES))
    assert response.status_code == 302, "the lines are one field of the address to keep"
    query = parse_qs(urlsplit(response.url).query)
    assert query["roulement"] == [TEXT]
    assert not [name for name in query if name.startswith("h-") or name == "grille"]
    html = read(client, response.url)
    path = tmp_path / "horaires.yaml"
    path.write_text(FILE)
    asked = sampled.asked[-1]
    assert asked.roster == read_roster(path, margin_before_s=600, margin_after_s=300)
    assert (asked.shift.start_s, asked.shift.end_s) == (5 * 3600, 13 * 3600)
    assert (
        "Compris : semaine 1 : du lundi au vendredi 5 h – 13 h ; semaine 2 : lundi et mardi "
        "13 h – 21 h, mercredi 8 h – 12 h et 14 h – 18 h. Semaine 1 : celle du 30 novembre 2026."
    ) in html
    assert "horaires sur 2 semaines" in html


def test_what_gives_the_question_out_carries_it(client, sampled):
    html = read(client, f"{QUESTION}&roulement={TEXT}")
    for address in ("/fiche/", "/partager/", "/et-si/", "/carte/"):
        link = next(
            link for link in re.findall(r'href="([^"]*)"', html) if link.startswith(address)
        )
        assert parse_qs(urlsplit(link).query)["roulement"] == [TEXT], address
    later = f"{QUESTION}&roulement={TEXT}".replace("/?", "/et-si/?")
    moved = read(client, later)
    assert "30 min plus tôt" in moved
    link = re.search(r'href="(/\?[^"]*04%3A30[^"]*)"', moved)[1]
    assert parse_qs(urlsplit(link).query)["roulement"][0].startswith(
        "2026-11-30;1|lun,mar,mer,jeu,ven|04:30|12:30;2|lun,mar|12:30|20:30;2|mer|07:30|11:30"
    )
    assert "30 novembre" in read(client, f"{QUESTION}&roulement={TEXT}&semaine=2026-12-07"), "kept"
    key = re.search(r"option=([^\"&]*)", html)[1]
    page = read(client, f"{QUESTION}&roulement={TEXT}&option={key}".replace("/?", "/fiche/?"))
    sheet = re.sub("<[^>]*>", "", page)
    assert "Semaine 2 :" in sheet
    assert "Vous travaillez de 13 h à 21 h." in sheet


@pytest.mark.parametrize(
    ("lines", "problems"),
    [
        ([("1", ("lun",), "05:00", "")], ["Indiquez l'heure de fin."]),
        ([("1", (), "05:00", "13:00")], ["Cochez les jours de cet horaire."]),
        ([("13", ("lun",), "05:00", "13:00")], ["La semaine va de 1 à 12."]),
        ([("1", ("lun",), "25:00", "13:00")], ["« 25:00 » n'est pas une heure."]),
        (
            [("1", ("lun",), "08:00", "12:00"), ("1", ("lun",), "11:00", "15:00")],
            ["", "Cet horaire en chevauche un autre du même jour."],
        ),
        ([("1", WEEK, "05:00", "20:00")], [""]),
    ],
)
def test_a_mistake_is_beside_its_line_and_what_was_typed_stays(client, sampled, lines, problems):
    html = read(client, QUESTION + typed(*lines))
    assert sampled.asked == []
    rows = re.findall(r'<fieldset class="roster__row.*?</fieldset>', html, re.DOTALL)
    for row, problem, line in zip(rows, problems, lines, strict=False):
        assert problem in row
        assert ("mistakes" in row) is bool(problem)
        assert f'value="{line[2]}"' in row
    assert '<a href="#id_roulement">' in html, "the summary of the mistakes leads to the lines"


def test_hostile_lines_never_break_it(client, sampled):
    for text in (
        "x",
        ";;;",
        "2026-13-40;1|lun|05:00|13:00",
        "2026-11-30;²|lun|٠٥:00|13:00",
        "|" * 900,
    ):
        assert client.get(QUESTION, {"roulement": text}).status_code == 200
        assert client.get(f"{QUESTION}&roulement={text}").status_code == 200
