"""The reader of files that people send: everything that spreadsheets write is read, and whatever
else is sent is refused in words, in seconds, in little memory."""

import io
import itertools
import json
import resource
import time
import tracemalloc
from datetime import date
from decimal import Decimal

import pytest
import yaml
from openpyxl import Workbook

from traitdunion.sources.bounded import (
    Limits,
    Unreadable,
    csv_text,
    file_content,
    neutral,
    number_from,
    parse_json,
    read_csv,
    read_workbook,
    reading,
    restore_zeros,
    unzipped,
    yaml_document,
)  # fmt: skip

from .hostile import MAIN, archive, encrypted, row, text, workbook

# The limits of the site, counting the time of the processor: other programs use it meanwhile.
PATIENT = Limits(clock=time.process_time)

NOM = "nom;prix\r\nPrêt à Brioude;12,50\r\n"


def rows_of(table):
    return [list(record.cells.values()) for record in table.records]


# -- CSV -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        NOM.encode(),
        NOM.encode("utf-8-sig"),
        NOM.encode("cp1252"),
        NOM.encode("utf-16"),
        NOM.encode("utf-16-le"),
        NOM.encode("utf-16-be"),
        NOM.encode("utf-32"),
        NOM.replace("\r\n", "\r").encode("cp1252"),  # Excel of Macintosh
        NOM.replace("\r\n", "\n").encode(),
        NOM.replace(";", "\t").encode(),
        ("sep=;\r\n" + NOM).encode(),
        NOM.replace("Prêt", '"Prêt').replace("Brioude", 'Brioude"').encode(),
    ],
)
def test_what_spreadsheets_write_is_read(content):
    table = read_csv(content)
    assert table.headings == ["nom", "prix"]
    assert rows_of(table) == [["Prêt à Brioude", "12,50"]]
    assert not table.faults


def test_an_encoding_that_was_guessed_is_noted():
    assert "Windows-1252" in read_csv(NOM.encode("cp1252")).notes[0]
    assert not read_csv(NOM.encode()).notes


def test_a_comma_inside_quotes_is_no_separator():
    assert read_csv(b'"a, b, c, d";e\r\n1;2\r\n').headings == ["a, b, c, d", "e"]


def test_a_record_knows_its_line_where_texts_have_several():
    table = read_csv(b'nom,texte\r\nA,"une\r\ndeux"\r\n\r\nB,x\r\n')
    assert [record.line for record in table.records] == [2, 5]
    assert table.records[0].cells["texte"] == "une\r\ndeux"


def test_sound_rows_are_read_beside_wrong_ones():
    long = "x" * 60_000
    table = read_csv(f"nom,note\r\nA,1\r\nB,1,2,3\r\nC,{long}\r\nD,{'y' * 40_000}\r\n".encode())
    assert [record.cells["nom"] for record in table.records] == ["A", "D"]
    assert [str(fault).split(" :")[0] for fault in table.faults] == [
        "Ligne 3", "Ligne 4, colonne « note »",
    ]  # fmt: skip
    assert all(fault.advice for fault in table.faults)


def test_a_field_beyond_the_limit_of_the_csv_module_is_one_record_left_out():
    table = read_csv(b"nom,note\r\nA," + b"x" * 200_000 + b"\r\nB,1\r\n")
    assert [record.cells["nom"] for record in table.records] == ["B"]


def test_a_quote_that_is_never_closed_is_said():
    table = read_csv(b'nom,note\r\nA,1\r\nB,"ouvert\r\nC,3\r\nD,4\r\n')
    assert [record.cells["nom"] for record in table.records] == ["A"]
    assert "Ligne 3" in str(table.faults[0])
    assert "guillemet" in str(table.faults[0])


def test_a_quote_too_many_keeps_its_row_out_and_no_other():
    table = read_csv(b'nom,note\r\nA,1\r\nB,"deux"x\r\nC,3\r\nD,5" de long\r\n')
    assert [record.cells["nom"] for record in table.records] == ["A", "C", "D"]
    assert "Ligne 3" in str(table.faults[0])


def test_the_same_heading_twice_is_said():
    table = read_csv(b"nom,nom\r\nA,B\r\n")
    assert "deux colonnes" in str(table.faults[0])
    assert table.records[0].cells == {"nom": "A"}


def test_signs_that_no_one_sees_are_dropped():
    table = read_csv("nom,note\r\nA\x00\x07\u200b,\u202eB\r\n".encode())
    assert rows_of(table) == [["A", "B"]]


def test_too_many_rows_are_said_and_the_first_are_read():
    table = read_csv(b"nom\r\n" + b"A\r\n" * 30, limits=Limits(rows=10))
    assert len(table.records) == 10
    assert "ligne 12" in str(table.faults[0])


def test_a_slow_reading_stops():
    ticks = iter(range(0, 10_000, 30))
    with pytest.raises(Unreadable, match="secondes"):
        read_csv(b"nom\r\n" + b"A\r\n" * 3_000, limits=Limits(clock=lambda: next(ticks)))


@pytest.mark.parametrize(
    "content",
    [b"", b"\r\n\r\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0aaaa", b"\xff\xfea", b"a" * 11_000_000],
)
def test_what_is_no_table_is_refused(content):
    with pytest.raises(Unreadable) as refused:
        read_csv(content)
    assert refused.value.faults[0].advice


# -- workbooks -----------------------------------------------------------------------------------


def test_cells_are_read_as_they_would_be_typed():
    book = Workbook()
    book.active.title = "solutions"
    book.active.append(["texte", "jour", "nombre", "vrai", "entier"])
    book.active.append(["Prêt", date(2026, 11, 29), 3.5, True, 43157.0])
    out = io.BytesIO()
    book.save(out)
    (sheet,) = read_workbook(out.getvalue())
    assert sheet.name == "solutions"
    assert rows_of(sheet.table()) == [["Prêt", "2026-11-29", "3.5", "oui", "43157"]]


def test_merged_hidden_and_unvalued_cells_are_read_and_said():
    rows = (
        row(1, text("A1", "nom"), text("B1", "axe"))
        + row(2, text("A2", "X"), text("B2", "un"))
        + row(3, text("A3", "Y"), more='hidden="1"')
        + row(4, text("A4", "Z"), '<c r="B4"><f>1+1</f></c>')
    )
    after = '<mergeCells><mergeCell ref="B2:B3"/></mergeCells>'
    table = read_workbook(workbook(rows, after=after))[0].table()
    assert rows_of(table) == [["X", "un"], ["Y", "un"], ["Z", ""]]
    notes = " ".join(table.notes)
    assert "lignes masquées, lues aussi (3)" in notes
    assert "formules sans résultat, lues vides (B4)" in notes
    assert "fusionnées" in notes


def test_a_stray_format_at_the_last_row_and_column_costs_nothing():
    rows = row(1, text("A1", "nom")) + row(2, text("A2", "X"))
    rows += row(1_048_576, '<c r="XFD1048576" s="0"/>')
    table = read_workbook(workbook(rows))[0].table()
    assert rows_of(table) == [["X"]]
    assert not table.faults


def test_a_row_beyond_the_limit_is_said():
    rows = row(1, text("A1", "nom")) + row(1_048_576, text("A1048576", "X"))
    (fault,) = read_workbook(workbook(rows))[0].table().faults
    assert "dépasse 20000 lignes" in str(fault)


SHEET = row(1, text("A1", "nom"))
DOCTYPE = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
WIDE = "".join(f'<row r="{n}">' + "<c/>" * 300 + "</row>" for n in range(1, 2_000))


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda: workbook(SHEET + WIDE), "cases"),
        (lambda: workbook("<row>" + "<x>" * 200_000), "emboîté"),
        (lambda: workbook(SHEET, head=DOCTYPE), "entités"),
        (lambda: workbook(SHEET, before="<cols>" + " " * 80_000_000 + "</cols>"), "démesuré"),
        (
            lambda: workbook(SHEET, after="<mergeCells>" + '<mergeCell ref="A1:B2"/>' * 6_000),
            "fusionnées",
        ),
        (
            lambda: workbook(SHEET, more={"xl/styles.xml": "<a>" + " " * 6_000_000}.items()),
            "démesuré",
        ),
        (lambda: workbook(SHEET, more={"xl/styles.xml": "<a>"}.items()), "ne se lit pas"),
        (lambda: workbook("<row r='x'><c r='A'><v>1</v></c>"), "ne se lit pas"),
        (lambda: encrypted({"[Content_Types].xml": "a", "xl/workbook.xml": "b"}), "mot de passe"),
        (lambda: b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "mot de passe"),
        (lambda: archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "Excel"),
        (lambda: b"PK\x03\x04" + b"\x00" * 40, "pas une archive zip"),
        (lambda: NOM.encode(), "pas un classeur"),
        (lambda: archive({f"{n}.xml": "" for n in range(600)}), "fichiers"),
    ],
)  # fmt: skip
def test_a_hostile_workbook_is_refused_in_words(made, why):
    content = made()
    with pytest.raises(Unreadable, match=why) as refused:
        read_workbook(content, limits=PATIENT)
    assert refused.value.faults[0].advice


@pytest.mark.parametrize(
    "made",
    [
        # 1 kB that asked for 4 GiB, and rows of one far cell that asked for 2.8 GB.
        lambda: workbook(SHEET, after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        lambda: workbook(
            SHEET + "".join(row(n, f'<c r="XFD{n}"><v>1</v></c>') for n in range(2, 19_000))
        ),
        lambda: workbook(SHEET, before='<dimension ref="A1:XFD1048576"/>'),
        lambda: workbook(
            SHEET + row(2, '<c r="A2"><v>1e999</v></c>', '<c r="B2"><v>-1e400</v></c>')
        ),
        lambda: workbook(SHEET + row(2, '<c r="A2" t="e"><v>#N/A</v></c>')),
    ],
)
def test_a_huge_workbook_is_read_in_little_time_and_memory(made):
    content = made()
    started = time.process_time()
    tracemalloc.start()
    sheets = read_workbook(content, limits=PATIENT)
    table = sheets[0].table()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert table.headings == ["nom"]
    assert peak < 200_000_000
    assert time.process_time() - started < 20


# -- JSON, archives ------------------------------------------------------------------------------


def test_a_document_is_read_with_its_texts_cleaned():
    content = (
        '\ufeff{"nom": "Pr\\u00eat\\u0000\\ud800", "p\\u0000rix": [1.5, {"a": true}]}'.encode()
    )
    assert parse_json(content) == {"nom": "Prêt", "prix": [1.5, {"a": True}]}
    assert parse_json(b"[0.10]", decimals=True) == [Decimal("0.10")]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"[" * 200_000, "niveaux"),
        (b"[" * 100 + b"]" * 100, "niveaux"),
        (b'{"a":' * 100_000, "niveaux"),
        (b"[" + b"1" * 6_000 + b"]", "n'est pas un nombre"),
        (b"[1,\n 1e999999999]", "[Ll]igne 2, colonne 2 : « 1e999999999 »"),
        (b"[1e-99999]", "n'est pas un nombre"),
        (b"[NaN]", "NaN"),
        (b"[-Infinity]", "Infinity"),
        (b"[" + b"{}," * 2_000_000 + b"1]", "valeurs"),
        (b'{"a": }', "[Ll]igne 1, colonne 7 : ce n'est pas du JSON"),
        (b"", "vide"),
        (b"\xff\xfe\x00", "abîmé"),
    ],
)
def test_a_hostile_document_is_refused_in_words(content, why):
    with pytest.raises(Unreadable, match=why):
        parse_json(content)


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda: archive({"a.txt": b"0" * 61_000_000}), "démesuré"),
        (lambda: archive({f"{n}.txt": b"x" for n in range(501)}), "fichiers"),
        (lambda: encrypted({"a.txt": b"x"}), "mot de passe"),
        (lambda: archive({"a.txt": b"x" * 5_000})[:-40], "coupée"),
        (lambda: b"not a zip", "pas une archive zip"),
    ],
)
def test_a_hostile_archive_is_refused_in_words(made, why):
    content = made()
    with pytest.raises(Unreadable, match=why):
        unzipped(content)


def test_any_failure_becomes_words():
    for failure in (ValueError("x"), KeyError("y"), RecursionError(), MemoryError(), OSError()):
        with pytest.raises(Unreadable, match="Ce fichier"), reading("ce fichier", "Refaites-le."):
            raise failure


# -- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12,50", "12.50"), ("12.50", "12.50"), ("1 200,5", "1200.5"), ("1\u202f200", "1200"),
        ("1.200,50 €", "1200.50"), ("1,200.50", "1200.50"), ("-3", "-3"), ("12,50 €", "12.50"),
        ("\u22123", "-3"), ("1e999", None), ("NaN", None), ("", None), ("douze", None),
        ("1" * 31, None), ("1" * 100_000, None), ("#N/A", None), ("1..2", None),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text, number):
    assert number_from(text) == (None if number is None else Decimal(number))


def test_a_lost_zero_is_restored_once():
    assert restore_zeros("7186", 5) == "07186"
    assert restore_zeros("475000001", 10) == "0475000001"
    assert restore_zeros("43157", 5) == "43157"
    assert restore_zeros("186", 5) == "186"


# -- out -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", ["=1+1", "=HYPERLINK(\"x\")", "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(1)", "\t=1",
              " =1", "＝1", "|x", "%x"],
)  # fmt: skip
def test_nothing_we_write_runs_as_a_formula_and_it_comes_back_as_it_was(value):
    assert neutral(value) == f"'{value}"
    table = read_csv(csv_text(["nom"], [[value]]).encode("utf-8-sig"))
    assert rows_of(table) == [[value.strip()]]


def test_numbers_dates_and_telephones_are_written_as_they_are():
    for value in (-3, "-3,5", "+33 4 71 00 00 00", "Aujourd'hui", "'quoted", None, Decimal("1.5")):
        assert neutral(value) == value


def test_the_fixed_memory_of_a_process_is_small():
    big = ("nom;note\r\n" + "A;" + "é" * 100 + "\r\n").encode()
    rows = b"nom;note\r\n" + big.split(b"\r\n")[1].join([b"\r\n"] * 45_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    table = read_csv(rows[:10_000_000])
    assert len(table.records) == 20_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # kB


def test_json_dumps_of_what_is_read_can_be_stored():
    json.dumps(parse_json(b'["\\ud83d\\ude00"]')).encode()
    assert MAIN


# -- cells that are no numbers -------------------------------------------------------------------


def number(ref, written, more=""):
    return f'<c r="{ref}" {more}><v>{written}</v></c>'


@pytest.mark.parametrize(
    ("written", "more"),
    [
        ("nan", ""), ("-inf", ""), ("abc", 't="n"'), ("1e999", ""), ("9" * 5000, ""),
        ("2", 't="b"'), ("1.0", 't="b"'), ("7", 't="s"'), ("zéro", 't="s"'),
    ],
)  # fmt: skip
def test_a_cell_whose_number_is_none_is_listed_and_the_others_are_read(written, more):
    rows = row(1, text("A1", "nom"), text("B1", "prix"))
    rows += row(2, text("A2", "Prêt"), number("B2", 12))
    rows += row(3, text("A3", "Car"), number("B3", written, more))
    rows += row(4, text("A4", "Taxi"), number("B4", "3.5"))
    table = read_workbook(workbook(rows))[0].table()
    assert rows_of(table) == [["Prêt", "12"], ["Car", "#NUM!"], ["Taxi", "3.5"]]
    (note,) = table.notes
    assert "lues #NUM! (B3)" in note


def test_hidden_columns_and_sheets_are_read_and_said():
    rows = row(1, text("A1", "nom"), text("B1", "prix")) + row(2, text("A2", "X"), number("B2", 1))
    columns = '<cols><col min="2" max="16384" width="9" hidden="1"/></cols>'
    content = workbook(rows, before=columns)
    (sheet,) = read_workbook(content)
    assert sheet.notes() == ["Feuille « solutions » : colonnes masquées, lues aussi (B)."]
    book = Workbook()
    book.active.append(["nom"])
    book.create_sheet("cachée").append(["nom"])
    book["cachée"].sheet_state = "veryHidden"
    out = io.BytesIO()
    book.save(out)
    assert [sheet.notes() for sheet in read_workbook(out.getvalue())] == [
        [],
        ["Feuille « cachée » : masquée dans le classeur, lue aussi."],
    ]


# -- files of a disk, and YAML -------------------------------------------------------------------


def test_a_file_is_read_up_to_its_limit(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * 11)
    assert file_content(path, limits=Limits(file_bytes=11)) == b"x" * 11
    with pytest.raises(Unreadable, match=r"a\.csv : le fichier dépasse"):
        file_content(path, limits=Limits(file_bytes=10))


LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 10)}]\n"
    for before, name in itertools.pairwise("abcdefgh")
)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (LAUGHS, "plus de 300000 valeurs"),
        ("a: &a [*a]\n", "se contient elle-même"),
        ("[" * 80 + "]" * 80, "plus de 60 niveaux"),
    ],
)
def test_yaml_that_never_ends_is_refused_with_its_line(tmp_path, content, why):
    path = tmp_path / "a.yaml"
    path.write_text(content)
    with pytest.raises(yaml.YAMLError, match=why) as refused:
        yaml_document(path)
    assert refused.value.problem_mark is not None


def test_an_anchor_used_soberly_is_read(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("a: &a {x: 1}\nb: *a\nc: {<<: *a, y: 2}\n")
    assert yaml_document(path) == {"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1, "y": 2}}
