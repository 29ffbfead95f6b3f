"""Read the published files of references into rows; a cell left empty is no row, never a zero."""

import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from traitdunion.french import MONTHS
from traitdunion.sources.bounded import (
    Limits,
    Record,
    Unreadable,
    file_content,
    number_from,
    read_csv,
    restore_zeros,
)

from ..enums import Confiance, NatureReference

LIMITS = Limits(file_bytes=60_000_000, rows=400_000, cells=20_000_000, seconds=120)
ZONES = ("Abis", "A", "B1", "B2", "C")
CODE = re.compile(r"(\d{2}|2[AB])\d{3}", re.ASCII)
NO_COMMUNE = "commune illisible"
# Those of a column of `Reference`: the digits of a value with its sign and comma, and a key.
DIGITS, KEY_CHARS = 15, 20
# Fewer sales than this, and the median could be about a home that a neighbour knows.
MIN_SALES = 11
# Bounds outside which a sale is set aside as no ordinary market price, € per m² and m².
PRICE_M2_BOUNDS = (Decimal(200), Decimal(15_000))
SURFACE_BOUNDS = (Decimal(9), Decimal(400))


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """A row of a published file; `valeur` keeps the digits of the file."""

    nature: NatureReference
    cle: str
    depuis: date
    valeur: str
    source: str
    confiance: Confiance
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """Rows read, and how many lines were set aside, by reason (French)."""

    rows: tuple[ReferenceRow, ...]
    aside: dict[str, int]


def read_references(kind: str, path: Path) -> Reading:
    """Return the rows of a file. Raises Unreadable (also for an unknown kind), and OSError."""
    if kind not in READERS:
        raise Unreadable.of(f"genre inconnu : « {kind} ». Genres : {', '.join(READERS)}.")
    aside: dict[str, int] = {}

    def set_aside(why: str, n: int = 1) -> None:
        aside[why] = aside.get(why, 0) + n

    rows = tuple(READERS[kind](path, set_aside))
    if not rows:
        raise Unreadable.of("aucune ligne utile : vérifiez que c'est le bon fichier.")
    return Reading(rows, aside)


SetAside = Callable[..., None]


def _records(path: Path, *needed: str) -> list[Record]:
    content = file_content(path, limits=LIMITS)
    if content[:2] == b"\x1f\x8b":
        try:
            with gzip.open(io.BytesIO(content)) as packed:
                content = packed.read(LIMITS.inflated_bytes + 1)
        except (OSError, EOFError, zlib.error) as wrong:
            raise Unreadable.of("l'archive est abîmée.", "Téléchargez-la de nouveau.") from wrong
    table = read_csv(content, limits=Limits(**{**_LIMITS, "file_bytes": LIMITS.inflated_bytes}))
    missing = [name for name in needed if name not in table.headings]
    if missing:
        raise Unreadable.of(f"colonnes absentes : {', '.join(missing)}.")
    return table.records


_LIMITS: dict[str, Any] = {"rows": LIMITS.rows, "cells": LIMITS.cells, "seconds": LIMITS.seconds}


def _figure(text: str) -> str:
    """Return a number with its digits, as text; empty for what is none, or is too long to keep."""
    number = number_from(text, digits=DIGITS)
    return "" if number is None else str(number)


def _since(text: str) -> date | None:
    """Return the first day of "2020", "2014-10" or "2024-01-01"."""
    parts = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", text.strip())
    return None if parts is None else _date(*(int(part or 1) for part in parts.groups()))


def _date(year: int, month: int, day: int) -> date | None:
    """Return a day; None for one that no calendar has, as 31 February."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _commune(text: object) -> str:
    """Return a code of commune, with the zero that a spreadsheet dropped; empty for another."""
    code = restore_zeros(str(text).strip().upper(), 5)
    return code if CODE.fullmatch(code) else ""


def _mapping(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unreadable.of(f"« {name} » n'a pas de clés.", "Vérifiez que c'est le bon fichier.")
    return value


def _confiance(mark: str) -> Confiance | None:
    """Return how a value was known, from the mark of its line; None for a value computed."""
    text = mark.lower()
    if text.startswith("read"):
        return Confiance.LUE
    if "sources agree" in text or "concord" in text:
        return Confiance.CONCORDANTE
    if "comput" in text or "absent" in text:
        return None
    return Confiance.SECONDAIRE if "second" in text else Confiance.MEMOIRE


def _zones(path: Path, aside: SetAside) -> Iterator[ReferenceRow]:
    """Read the zoning: the name of the zone's column carries the date, and changes with it."""
    records = _records(path, "CODGEO")
    column = next(
        (name for name in records[0].cells if re.match("Zon(e|age)", name))
        if records
        else iter(()),
        "",
    )
    since = _day_in(column)
    if since is None:
        raise Unreadable.of("aucune colonne « Zone… » avec sa date.")
    for record in records:
        zone = record.cells.get(column, "").replace(" ", "")
        code = _commune(record.cells["CODGEO"])
        if zone not in ZONES or not code:
            aside("zone inconnue ou absente" if code else NO_COMMUNE)
            continue
        yield ReferenceRow(
            NatureReference.ZONE_ABC, code, since, zone,
            f"fichier du zonage : {column}"[:300], Confiance.SECONDAIRE,
        )  # fmt: skip


def _day_in(text: str) -> date | None:
    parts = re.search(rf"(\d{{1,2}})(?:er)? ({'|'.join(MONTHS)}) (\d{{4}})", text)
    if parts is None:
        return None
    return _date(int(parts[3]), MONTHS.index(parts[2]) + 1, int(parts[1]))


def _ressources(path: Path, aside: SetAside) -> Iterator[ReferenceRow]:
    """Read the ceilings of income by zone and category (categories are not household sizes)."""
    document = _mapping(_json(path), "le fichier")
    source = str(document.get("source") or "").strip()[:300]
    if not source:
        raise Unreadable.of("« source » manque : d'où viennent ces plafonds ?")
    for zone, categories in _mapping(document.get("plafonds"), "plafonds").items():
        for name, values in _mapping(categories, zone).items():
            rank = name.removeprefix("nb_personnes_")
            rank = "+" if rank == "supplementaires" else rank
            for since, value in _mapping(values, f"{zone}, {name}").items():
                on, figure = _since(since), _figure(str(value))
                known = zone in ZONES and re.fullmatch(r"\+|[1-9]", rank)
                if not known or on is None or not figure:
                    aside("ligne illisible")
                    continue
                yield ReferenceRow(
                    NatureReference.PLAFOND_RESSOURCES, f"{zone}/{rank}", on, figure, source,
                    Confiance.SECONDAIRE,
                )  # fmt: skip


def _prix(path: Path, aside: SetAside) -> Iterator[ReferenceRow]:
    """Read the ceilings of price; years without a source stay absent."""
    needed = ("effective", "zone", "eur_ht_per_m2_su", "source", "mark")
    for record in _records(path, *needed):
        yield from _marked(
            NatureReference.PLAFOND_PRIX, record.cells["zone"],
            _since(record.cells["effective"]), record.cells["eur_ht_per_m2_su"], record, aside,
        )  # fmt: skip


def _index(nature: NatureReference) -> Callable[[Path, SetAside], Iterator[ReferenceRow]]:
    def read(path: Path, aside: SetAside) -> Iterator[ReferenceRow]:
        for record in _records(path, "year", "quarter", "value", "source", "mark"):
            year, quarter = record.cells["year"], record.cells["quarter"]
            key = f"{year}T{quarter}"
            on = None
            if re.fullmatch(r"\d{4}T[1-4]", key):
                on = _date(int(year), 3 * int(quarter) - 2, 1)
            yield from _marked(nature, key, on, record.cells["value"], record, aside)

    return read


def _livret_a(path: Path, aside: SetAside) -> Iterator[ReferenceRow]:
    for record in _records(path, "from", "rate_pct", "source", "mark"):
        since = _since(record.cells["from"])
        yield from _marked(
            NatureReference.LIVRET_A, "", since, record.cells["rate_pct"], record, aside
        )


def _marked(
    nature: NatureReference, key: str, on: date | None, value: str, record: Record, aside: SetAside
) -> Iterator[ReferenceRow]:
    figure, known = _figure(value), _confiance(record.cells.get("mark", ""))
    if not figure:
        aside("valeur absente")
    elif on is None or known is None or not record.cells["source"] or len(key) > KEY_CHARS:
        aside("date, source ou marque illisible")
    else:
        yield ReferenceRow(
            nature, key, on, figure, record.cells["source"][:300], known,
            record.cells.get("mark", "")[:300],
        )  # fmt: skip


def _loyers(path: Path, aside: SetAside) -> Iterator[ReferenceRow]:
    natures = {
        "loyer_m2_appartement": NatureReference.LOYER_APPARTEMENT,
        "loyer_m2_maison": NatureReference.LOYER_MAISON,
    }
    for record in _records(path, "insee", "date", *natures):
        on, code = _since(record.cells["date"]), _commune(record.cells["insee"])
        if not code:
            aside(NO_COMMUNE)
            continue
        for column, nature in natures.items():
            figure = _figure(record.cells[column])
            if on is None or not figure:
                aside("loyer absent")
                continue
            yield ReferenceRow(
                nature, code, on, figure,
                f"carte des loyers {on.year} (estimation)", Confiance.SECONDAIRE,
            )  # fmt: skip


def _lovac(path: Path, aside: SetAside) -> Iterator[ReferenceRow]:
    """Read homes empty for over two years; a line of LOVAC is not a home that can be sold."""
    rows = _json(path, broken_accents=True)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unreadable.of("on attend une liste de communes.", "Vérifiez que c'est LOVAC.")
    for row in rows:
        code, value = _commune(row.get("code_insee")), row.get("nb_log_vacant_2ans")
        figure = _figure(str(value))
        if not code:
            aside(NO_COMMUNE)
            continue
        if not figure:
            aside("commune couverte par le secret" if value is None else "nombre illisible")
            continue
        homes = _figure(str(row.get("nb_log_prive")))
        yield ReferenceRow(
            NatureReference.VACANCE, code, date(2025, 1, 1), figure,
            "LOVAC, agrégats ouverts par commune", Confiance.SECONDAIRE,
            f"{homes} logements privés" if homes else "",
        )  # fmt: skip


def _rpls(path: Path, aside: SetAside) -> Iterator[ReferenceRow]:
    for record in _records(path, "DEPCOM_ARM", "nb_ls"):
        code, figure = _commune(record.cells["DEPCOM_ARM"]), _figure(record.cells["nb_ls"])
        if not figure or not code:
            aside("nombre absent" if code else NO_COMMUNE)
            continue
        yield ReferenceRow(
            NatureReference.LOGEMENTS_SOCIAUX, code, date(2024, 1, 1), figure,
            "RPLS 2024", Confiance.SECONDAIRE,
        )  # fmt: skip


def _dvf(path: Path, aside: SetAside) -> Iterator[ReferenceRow]:
    """Read sales grouped by mutation, whose value is repeated on each line; medians by commune.

    Kept: a sale of one house or one flat, with no other premises. Set aside: several homes at
    once, prices or surfaces out of bounds. Under eleven sales, no median.
    """
    needed = ("id_mutation", "nature_mutation", "valeur_fonciere", "code_commune", "type_local")
    mutations: dict[str, list[dict[str, str]]] = {}
    for record in _records(path, *needed, "surface_reelle_bati", "date_mutation"):
        mutations.setdefault(record.cells["id_mutation"], []).append(record.cells)
    sales: dict[tuple[str, str, int], list[Decimal]] = {}
    for lines in mutations.values():
        why = _why_aside(lines)
        if why:
            aside(why)
            continue
        home = next(line for line in lines if line["type_local"] in DWELLINGS)
        price = number_from(home["valeur_fonciere"]) or Decimal(0)
        surface = number_from(home["surface_reelle_bati"]) or Decimal(1)
        key = _commune(home["code_commune"]), home["type_local"], int(home["date_mutation"][:4])
        sales.setdefault(key, []).append(price / surface)
    for (commune, kind, year), prices in sorted(sales.items()):
        if len(prices) < MIN_SALES:
            aside("ventes trop peu nombreuses pour une médiane", len(prices))
            continue
        yield ReferenceRow(
            DWELLINGS[kind], commune, date(year, 1, 1), str(median(prices).quantize(Decimal("1"))),
            f"DVF {year} : médiane des ventes", Confiance.LUE, f"{len(prices)} ventes",
        )  # fmt: skip


DWELLINGS = {
    "Maison": NatureReference.PRIX_MAISON,
    "Appartement": NatureReference.PRIX_APPARTEMENT,
}


def _why_aside(lines: list[dict[str, str]]) -> str:
    """Return why a mutation is no ordinary sale of one home; empty where it is."""
    if lines[0]["nature_mutation"] != "Vente":
        return "autre chose qu'une vente"
    homes = [line for line in lines if line["type_local"] in DWELLINGS]
    # A home on several plots of land is repeated: once is enough.
    distinct = {(line["type_local"], line["surface_reelle_bati"]) for line in homes}
    if len(distinct) != 1:
        return "aucun logement" if not homes else "plusieurs logements à la fois"
    if any(line["type_local"].startswith("Local") for line in lines):
        return "avec un local d'activité"
    if not _commune(homes[0]["code_commune"]):
        return NO_COMMUNE
    if _since(homes[0]["date_mutation"]) is None:
        return "date illisible"
    price = number_from(homes[0]["valeur_fonciere"])
    surface = number_from(homes[0]["surface_reelle_bati"])
    if not price or not surface or not SURFACE_BOUNDS[0] <= surface <= SURFACE_BOUNDS[1]:
        return "prix ou surface absents ou hors bornes"
    if not PRICE_M2_BOUNDS[0] <= price / surface <= PRICE_M2_BOUNDS[1]:
        return "prix au m² hors bornes"
    return ""


def _json(path: Path, *, broken_accents: bool = False) -> Any:
    content = file_content(path, limits=LIMITS)
    try:
        return json.loads(
            content.decode("utf-8", errors="replace" if broken_accents else "strict"),
            parse_float=Decimal,
        )
    except (ValueError, RecursionError) as wrong:
        raise Unreadable.of("ce n'est pas du JSON.") from wrong


READERS: dict[str, Callable[[Path, SetAside], Iterator[ReferenceRow]]] = {
    "zones": _zones,
    "ressources": _ressources,
    "prix": _prix,
    "irl": _index(NatureReference.IRL),
    "icc": _index(NatureReference.ICC),
    "ilc": _index(NatureReference.ILC),
    "livret-a": _livret_a,
    "loyers": _loyers,
    "lovac": _lovac,
    "rpls": _rpls,
    "dvf": _dvf,
}
