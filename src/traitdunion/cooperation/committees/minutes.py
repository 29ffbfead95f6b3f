"""The minutes of a statutory meeting as PDF: a draft is marked so, approved ones are frozen."""

from typing import Any

from ..dates import day_in_words, weekday_in_words
from ..models.committees import ProcesVerbal, Reunion
from ..printing.layout_pdf import compile_layout
from . import queries as committees


def minutes_pdf(meeting: Reunion) -> bytes:
    """Return the minutes as their page shows them: once approved, exactly what was frozen."""
    row = ProcesVerbal.objects.filter(reunion=meeting).first()
    frozen = row is not None and row.is_frozen
    stated = row.constats if row is not None and frozen else committees.record_in_words(meeting)
    values: dict[str, Any] = {
        "points": list(meeting.points),
        "paragraphs": _paragraphs(row.texte if row is not None else ""),
        # The agenda has its own place on the page.
        "stated": [_split(line) for line in stated.splitlines() if line[:13] != "Ordre du jour"],
        "approved": _approved(row) if row is not None and frozen else "",
        "again": meeting.premiere_id is not None,
        "demonstration": meeting.instance.demonstration,
    }
    head = {
        "titre": meeting.instance.nom,
        "jour": weekday_in_words(meeting.tenue_le),
        "lieu": meeting.lieu,
        "heure": f"{meeting.heure.hour}h{meeting.heure.minute:02}",
        "secretariat": meeting.instance.organisation.nom,
    }
    return compile_layout("minutes", head, values)


def _paragraphs(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def _approved(row: ProcesVerbal) -> str:
    return f"{day_in_words(row.approuve_le)} par {row.approuve_par}"


def _split(line: str) -> list[str]:
    """Return a line as its head and the rest: « Quorum (R5311-40) », « … »."""
    head, mark, rest = line.partition(" : ")
    return [head, rest] if mark else ["", line]
