"""ROME titles and the BMO survey, as published and as badly saved; hidden figures stay hidden."""

from decimal import Decimal

import pytest

from traitdunion.sources.bounded.faults import Unreadable
from traitdunion.sources.occupations import read_needs, read_rome

TITLES = """code_appellation,libelle,code_rome
10200,Abatteur / Abatteuse de carrière,F1402
11950,"Agent(e), en cuisine",G1602
11950,Doublon,G1602
x,Sans code,G1602
99999,Code inconnu,Z9999
"""
CODES = """code_rome,libelle
F1402,Extraction solide
G1602,Personnel de cuisine
pas un code,Rien
"""
BMO = """annee,Code métier BMO,Nom métier BMO,BE24,NOMBE24,met,xmet,smet
2024,E3X20,"Ouvriers, industries alimentaires",8453,LE PUY,31.0,,
2024,E3X20,"Ouvriers, industries alimentaires",8454,MONISTROL,*,*,*
2024,E3X40,Qualifiés,8453,LE PUY,38.0,26.0,0
2024,E3X40,Qualifiés,8453,LE PUY,1.0,1.0,1
2024,mauvais,Rien,8453,LE PUY,1.0,1.0,1
"""


def test_titles_are_read_and_the_others_counted():
    table = read_rome(TITLES.encode("cp1252"), CODES.encode())
    assert [(row.code, row.label, row.rome) for row in table.titles] == [
        ("10200", "Abatteur / Abatteuse de carrière", "F1402"),
        ("11950", "Agent(e), en cuisine", "G1602"),
    ]
    assert table.names == {"F1402": "Extraction solide", "G1602": "Personnel de cuisine"}
    assert table.notes[-1].startswith("3 lignes")


@pytest.mark.parametrize(
    ("titles", "codes"), [(CODES, TITLES), (TITLES, "code_rome;libelle\n"), ("", CODES)]
)
def test_a_file_of_another_kind_is_refused(titles, codes):
    with pytest.raises(Unreadable):
        read_rome(titles.encode(), codes.encode())


def test_a_hidden_figure_is_none_and_a_zero_is_zero():
    table = read_needs(BMO.encode())
    assert table.vintage == "2024"
    assert [(row.basin, row.fap, row.projects, row.difficult, row.seasonal)
            for row in table.needs] == [
        ("8453", "E3X20", Decimal("31.0"), None, None),
        ("8454", "E3X20", None, None, None),
        ("8453", "E3X40", Decimal("38.0"), Decimal("26.0"), Decimal(0)),
    ]  # fmt: skip
    assert table.notes == ("2 lignes sans code ou en double, laissées de côté.",)


@pytest.mark.parametrize(
    "wrong", [BMO.replace("BE24", "B"), BMO.replace("2024,E3X40", "2023,E3X40"),
              BMO.replace("annee", "an"), BMO.splitlines()[0]],
)  # fmt: skip
def test_a_survey_without_its_basin_or_its_year_is_refused(wrong):
    with pytest.raises(Unreadable):
        read_needs(wrong.encode())


def test_the_published_files_are_read_whole(shared):
    jobs = shared / "jobs"
    titles, codes = (jobs / f"rome_{name}.csv" for name in ("appellations", "codes"))
    table = read_rome(titles.read_bytes(), codes.read_bytes())
    assert (len(table.titles), len(table.names), table.notes) == (11_061, 532, ())
    needs = read_needs((jobs / "bmo2024_dept43.csv").read_bytes())
    assert (len(needs.needs), needs.notes) == (346, ())
    assert sum(row.projects is None for row in needs.needs) == 99
    assert {row.basin_name for row in needs.needs} == {"LE PUY", "MONISTROL YSSINGEAUX", "BRIOUDE"}
