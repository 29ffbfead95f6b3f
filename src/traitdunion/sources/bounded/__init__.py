"""The one reader of files that people send: CSV, XLSX, JSON, YAML and zip archives, within limits.

Whatever is in the bytes, a reader of this room returns values or raises `Unreadable`, in bounded
time and memory. What concerns one record only is a `Fault` of that record: the others are read.
"""

from .archive import unzipped
from .csv_files import decoded, read_csv
from .documents import parse_json
from .either import read_table
from .faults import Fault, Unreadable, reading
from .files import file_content
from .large_csv import LargeLimits, large_csv
from .limits import Limits
from .tables import Record, Table
from .values import clean_text, is_formula_error, number_from, restore_zeros
from .workbooks import Sheet, cell_name, read_workbook
from .writing import append_row, csv_text, neutral, set_cell
from .yaml_files import BoundedLoader, yaml_document

__all__ = [
    "BoundedLoader",
    "Fault",
    "LargeLimits",
    "Limits",
    "Record",
    "Sheet",
    "Table",
    "Unreadable",
    "append_row",
    "cell_name",
    "clean_text",
    "csv_text",
    "decoded",
    "file_content",
    "is_formula_error",
    "large_csv",
    "neutral",
    "number_from",
    "parse_json",
    "read_csv",
    "read_table",
    "read_workbook",
    "reading",
    "restore_zeros",
    "set_cell",
    "unzipped",
    "yaml_document",
]
