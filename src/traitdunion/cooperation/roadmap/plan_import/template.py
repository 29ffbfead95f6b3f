"""The workbook one starts from when there is no plan yet."""

from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from traitdunion.sources.bounded import append_row

from ...enums import EtatAction
from .columns import COLUMNS

LEFT_OUT = ("partie_de", "nature")
LAST_ROW = 500


def template() -> bytes:
    """Return a workbook: headings, the states to choose from, and a sheet that explains each."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Plan d'action"
    values = {name: column for name, column in COLUMNS.items() if name not in LEFT_OUT}
    for n, (name, column) in enumerate(values.items(), start=1):
        cell = sheet.cell(1, n, column.label)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E0ECEA")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        letter = get_column_letter(n)
        sheet.column_dimensions[letter].width = 34 if name in ("titre", "description") else 18
        if name == "etat":
            states = ",".join(state.label for state in EtatAction)
            choice = DataValidation(type="list", formula1=f'"{states}"', allow_blank=True)
            choice.add(f"{letter}2:{letter}{LAST_ROW}")
            sheet.add_data_validation(choice)
    sheet.freeze_panes = "C2"
    help_ = book.create_sheet("Mode d'emploi")
    rows = [
        ("Colonne", "Ce qu'on y met"),
        *((column.label, column.hint) for column in values.values()),
    ]
    for row in (
        *rows,
        (),
        ("", "Une ligne par action ou par étape. Une case vide ne change rien."),
    ):
        append_row(help_, row)
    help_.column_dimensions["A"].width, help_.column_dimensions["B"].width = 24, 70
    out = BytesIO()
    book.save(out)
    return out.getvalue()
