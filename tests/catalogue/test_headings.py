"""Any spreadsheet: its columns are matched on a page, and the choice is kept for the next file."""

import io

import pytest
from openpyxl import Workbook

from traitdunion.accounts.models import Organisation
from traitdunion.catalogue.enums import EtatImport, FormatFichier
from traitdunion.catalogue.exchange.applying import apply
from traitdunion.catalogue.exchange.batch import FileError
from traitdunion.catalogue.exchange.headings import (
    guessed,
    keep_table,
    match_columns,
    unmatched_table,
)
from traitdunion.catalogue.exchange.preview import preview
from traitdunion.catalogue.exchange.sheets import read_csv
from traitdunion.catalogue.models import Import, Solution, Structure
from traitdunion.catalogue.operations import EditingError

OWN = (
    "Dispositif;Porteur;Catégorie;Tél.;Jours et heures;Secteur;Couleur\r\n"
    "Prêt de scooter;Maison des mobilités;Location de scooter ou cyclomoteur;471000010;"
    "du lundi au vendredi de 6h30 à 19h;;bleu\r\n"
    "Bus à la demande;Régie du Velay;Transport à la demande;0471000011;Mo-Fr 07:00-19:00;;vert\r\n"
).encode()


def kept(organisation, editor, now, content=OWN):
    table = unmatched_table(content, FormatFichier.CSV)
    return keep_table(by=editor, organisation=organisation, table=table, nom="nous.csv", now=now)


def test_headings_as_people_write_them_are_recognised(organisation):
    headings = ["Dispositif", "Porteur", "Catégorie", "Tél.", "N° de téléphone", "Couleur", "Tarif"]
    assert list(guessed(headings, organisation).values()) == [
        "nom", "structure", "type_solution", "telephone", "", "", "tarif_precisions",
    ]  # fmt: skip


def test_a_spreadsheet_is_matched_then_read_with_its_hours_and_its_new_structure(
    structure, organisation, editor, now
):
    row = kept(organisation, editor, now)
    match_columns(by=editor, row=row, columns=guessed(OWN_HEADINGS, organisation), for_all={})
    row.refresh_from_db()
    shown = preview(row)
    assert [line.problems for line in shown.lines] == [[], []]
    assert [(made.action, made.row["nom"]) for made in shown.structures] == [
        ("creer", "Régie du Velay")
    ]
    notes = " ".join(shown.lines[0].read.notes).replace("\N{NO-BREAK SPACE}", " ")
    assert "colonne « Jours et heures »" in notes
    assert "compris « du lundi au vendredi de 6 h 30 à 19 h »" in notes.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    apply(by=editor, row=row, decisions={}, now=now)
    scooter = Solution.objects.get(nom="Prêt de scooter")
    assert (scooter.structure, scooter.type_solution) == (structure, "location_2rm")
    assert (scooter.telephone, scooter.horaires_service) == ("0471000010", "Mo-Fr 06:30-19:00")
    assert Solution.objects.get(nom="Bus à la demande").structure == Structure.objects.get(
        pk="regie-du-velay"
    )


OWN_HEADINGS = OWN.decode().splitlines()[0].split(";")


def test_what_was_matched_is_proposed_to_the_same_organisation_only(
    structure, organisation, editor, now
):
    row = kept(organisation, editor, now)
    columns = guessed(OWN_HEADINGS, organisation) | {"Couleur": "conditions_acces", "Tél.": ""}
    match_columns(by=editor, row=row, columns=columns, for_all={})
    again = guessed([*OWN_HEADINGS, "COULEUR"], organisation)
    assert (again["Couleur"], again["Tél."], again["COULEUR"]) == ("conditions_acces", "", "")
    other = Organisation.objects.create(slug="ailleurs", nom="Ailleurs")
    assert guessed(OWN_HEADINGS, other)["Couleur"] == ""


def test_rows_without_a_type_or_a_structure_take_those_given_for_all(
    structure, organisation, editor, now
):
    row = kept(organisation, editor, now, "Solution;Info\nVélo prêté;oui\n".encode())
    match_columns(
        by=editor,
        row=row,
        columns={"Solution": "nom", "Info": ""},
        for_all={"type_solution": "location_velo", "structure": "mms"},
    )
    row.refresh_from_db()
    (line,) = preview(row).lines
    assert (line.content["type_solution"], line.content["structure"]) == ("location_velo", "mms")
    assert not line.problems


def test_a_column_is_matched_once_and_a_file_too(structure, organisation, editor, now):
    row = kept(organisation, editor, now)
    twice = {"Dispositif": "nom", "Couleur": "nom"}
    with pytest.raises(EditingError, match="associées à la même"):
        match_columns(by=editor, row=row, columns=twice, for_all={})
    with pytest.raises(EditingError, match="Associez d'abord"):
        apply(by=editor, row=row, decisions={}, now=now)
    match_columns(by=editor, row=row, columns={"Dispositif": "nom"}, for_all={})
    with pytest.raises(EditingError, match="déjà associées"):
        match_columns(by=editor, row=row, columns={"Dispositif": "nom"}, for_all={})


def test_hours_that_would_be_guessed_keep_their_line_out(structure):
    (read,) = read_csv(
        b"structure;nom;type_solution;horaires_service\nmms;Car;tad;8h30\n"
    ).solutions
    assert "jusqu'à quelle heure" in read.faults[0]


def test_the_template_goes_by_and_a_table_without_rows_is_refused():
    book = Workbook()
    book.active.title = "solutions"
    out = io.BytesIO()
    book.save(out)
    assert unmatched_table(out.getvalue(), FormatFichier.XLSX) is None
    assert unmatched_table(b"nom;structure\na;b\n", FormatFichier.CSV) is None
    with pytest.raises(FileError, match="aucune ligne"):
        unmatched_table(b"couleur\n", FormatFichier.CSV)


def test_the_page_shows_each_heading_with_its_values_and_leads_to_the_preview(
    client, editor, structure
):
    client.force_login(editor)
    book = Workbook()
    for line in OWN.decode().splitlines():
        book.active.append(line.split(";"))
    given = io.BytesIO()
    book.save(given)
    given.seek(0)
    given.name = "nous.xlsx"
    sent = client.post("/organisations/ici/imports/", {"fichier": given, "format": "xlsx"})
    row = Import.objects.get()
    assert (sent.status_code, row.etat) == (302, EtatImport.COLONNES)
    page = client.get(sent.url, follow=True)
    address = page.redirect_chain[-1][0]
    assert "«\u00a0bleu\u00a0»\u00a0; «\u00a0vert\u00a0»" in page.content.decode()
    proposed = page.context["form"]
    chosen = {name: proposed.get_initial_for_field(field, name) or ""
              for name, field in proposed.fields.items()}  # fmt: skip
    refused = client.post(address, chosen | {"colonne-6": "nom"})
    assert refused.status_code == 422
    assert "Déjà prise par «\u00a0Dispositif\u00a0»" in refused.content.decode()
    done = client.post(address, chosen, follow=True)
    assert done.content.decode().count("nouvelle fiche, en brouillon") == 2
    assert client.get(address).status_code == 302
