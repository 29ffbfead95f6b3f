"""The roadmap as an OpenDocument text, to be taken up in a word processor; by `odfdo`."""

from collections.abc import Iterable
from datetime import date
from io import BytesIO

from odfdo import Document, Header, List, Paragraph

from traitdunion.french import day

from .action_lines import lines_of
from .roadmap import ActionThen, AxeThen


def as_odt(titre: str, axes: Iterable[AxeThen], *, on: date, demonstration: bool) -> bytes:
    """Return axes, actions and their lines under headings that a word processor knows as such."""
    document = Document("text")
    document.meta.title = f"Feuille de route : {titre}"
    document.meta.language = "fr-FR"
    body = document.body
    body.clear()
    body.append(_header(1, f"Feuille de route : {titre}"))
    body.append(Paragraph(f"Telle qu'elle était le {day(on)}."))
    if demonstration:
        body.append(Paragraph("Séance de démonstration : données fictives."))
    for axe in axes:
        body.append(_header(2, str(axe.axe)))
        body.append(Paragraph(axe.axe.question))
        if not axe.actions:
            body.append(Paragraph("Aucune action à cette date."))
        for action in axe.actions:
            _append(body, action, on)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _append(body: object, action: ActionThen, on: date) -> None:
    body.append(_header(3, action.titre))  # type: ignore[attr-defined]
    lines = [f"{label} : {words}" for label, words in lines_of(action, on=on)]
    body.append(List(lines))  # type: ignore[attr-defined]


def _header(level: int, text: str) -> Header:
    return Header(level, text, style=f"Heading_20_{level}")
