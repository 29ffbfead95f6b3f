"""Read a table that its first bytes show to be a CSV or a workbook."""

from .csv_files import read_csv
from .limits import Limits
from .tables import Gathering, Table
from .workbooks import read_workbook, text_of

ZIP = b"PK\x03\x04"


def read_table(content: bytes) -> Table:
    """Return a CSV, or the first sheet of an XLSX, as a table; raises Unreadable."""
    if not content.startswith(ZIP):
        return read_csv(content)
    limits = Limits().started()
    gathering = Gathering(limits)
    for sheet in read_workbook(content, limits=limits)[:1]:
        for number, values in sheet.rows:
            gathering.add(number, [text_of(value) for value in values])
    return gathering.table
