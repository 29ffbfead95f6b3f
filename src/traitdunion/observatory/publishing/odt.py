"""The document of a territory as an OpenDocument text, to be taken up in a word processor."""

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from typing import Any

from odfdo import Document, Header, List, Paragraph, Table

from ..models import Run
from ..queries import Territory
from .documents import values_of


def document_odt(run: Run, territory: Territory, *, on: date) -> bytes:
    """Return the same figures as `document_pdf`, headings and tables that can be edited.

    The maps are tables here: the share of each shift, and its communes without a solution.
    """
    values = values_of(run, territory, on=on)
    document = Document("text")
    document.meta.title = f"Observatoire : {values['territoire']}"
    document.meta.language = "fr-FR"
    body = document.body
    body.clear()
    for part in _parts(values):
        body.append(part)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _parts(values: dict[str, Any]) -> Iterable[Any]:
    yield _header(1, values["titre"])
    yield Paragraph(f"{values['territoire']}, semaine du {values['semaine']}.")
    edited = f"Calcul {values['calcul']}, édité le {values['edite']}. Licence Ouverte 2.0."
    yield Paragraph(edited)
    if values["demonstration"]:
        yield Paragraph("Démonstration : réseau et catalogue fictifs, à ne pas citer.")
    yield Paragraph(
        f"Part des habitants ({values['population']}, estimation) ayant au moins une solution "
        "certaine, sans permis ni voiture, aller et retour, vers l'un de leurs trois pôles."
    )
    rows = [
        [shift_map["nom"], shift_map["heures"], shift_map["part"], shift_map["blanches"]]
        for shift_map in values["cartes"]
    ]
    yield _table("Horaires", ["Horaire", "Heures", "Habitants", "Zones blanches"], rows)
    yield _header(2, "Estimations")
    yield _table("Estimations", ["Indicateur", *values["horaires"]], _by_shift(values["lignes"]))
    yield _header(2, "Ce qui bloque, horaire par horaire")
    for cause in values["causes"]:
        if cause["rangs"]:
            yield Paragraph(f"{cause['nom']} :")
            yield List([f"{r['nom']} : {r['part']} % (peut agir : {r['acteurs']})"
                        for r in cause["rangs"]])  # fmt: skip
    if values["epci"]:
        yield _header(2, "Par intercommunalité")
        yield _table("Intercommunalites", ["Intercommunalité", *values["horaires"]],
                     _by_shift(values["epci"]))  # fmt: skip
    if values["demandes"]:
        yield from _needs(values["demandes"])
    yield _header(2, "Méthode")
    yield Paragraph(values["emplois"])


def _needs(asked: dict[str, Any]) -> Iterable[Any]:
    yield _header(2, "Ce que les gens ont demandé sans l'obtenir")
    yield Paragraph(asked["phrase"])
    if not asked["lignes"]:
        return
    head = ["Horaire", "Questions", "Sans solution certaine", "Sans aucune"]
    yield _table("Questions", head, asked["lignes"])


def _by_shift(rows: Iterable[dict[str, Any]]) -> list[list[str]]:
    return [[row["nom"], *row["textes"]] for row in rows]


def _table(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(name)
    table.set_values([list(head), *(list(row) for row in rows)])
    return table


def _header(level: int, text: str) -> Header:
    return Header(level, text, style=f"Heading_20_{level}")
