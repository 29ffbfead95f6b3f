"""The workbook one starts from when there is no plan yet."""

from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ..enums import EtatAction
from .columns import COLUMNS

LEFT_OUT = ("partie_de", "nature")
LAST_ROW = 500


def template() -> bytes:
    """A sheet with the headings, the states to choose from, and a sheet that explains each."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Plan d'action"
    told = {name: one for name, one in COLUMNS.items() if name not in LEFT_OUT}
    for n, (name, one) in enumerate(told.items(), start=1):
        cell = sheet.cell(1, n, one.label)
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
    help_.append(["Colonne", "Ce qu'on y met"])
    for one in told.values():
        help_.append([one.label, one.hint])
    help_.append([])
    help_.append(["", "Une ligne par action ou par étape. Une case vide ne change rien."])
    help_.column_dimensions["A"].width, help_.column_dimensions["B"].width = 24, 70
    out = BytesIO()
    book.save(out)
    return out.getvalue()
