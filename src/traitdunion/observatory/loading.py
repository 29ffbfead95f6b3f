"""Load a file of open data: the latest of its kind takes the place of the one before."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import shapely
from django.db import transaction
from django.db.models import QuerySet

from traitdunion.sources import carpool_register as rpc
from traitdunion.sources import insee_communes as insee
from traitdunion.sources import insee_squares
from traitdunion.sources.bounded.faults import Unreadable
from traitdunion.sources.bounded.files import file_content
from traitdunion.territory.home import home_departement
from traitdunion.territory.models import Commune

from .enums import Mesure, Source
from .models import Carreau, CommuneBassin, CommuneFigure, CommuneFlow, InputFile

MAX_NOTES = 50


def load_file(
    *,
    source: Source,
    path: Path,
    now: datetime,
    vintage: str = "",
    publisher: str = "",
    licence: str = "",
) -> InputFile:
    """Load a file of one kind, whole or not at all.

    vintage, publisher, licence: as its publisher gives them, where the file does not.
    Raises Unreadable with what is wrong, and OSError.
    """  # fmt: skip
    is_squares = source == Source.CARREAUX
    content = file_content(path, limits=insee_squares.SQUARES if is_squares else insee.LARGE)
    rows: Sequence[CommuneFigure | CommuneFlow | CommuneBassin | Carreau]
    read: (
        insee.CommuneTable
        | insee.FlowTable
        | insee.BasinTable
        | rpc.RideTable
        | insee_squares.SquareTable
    )
    more: list[str] = []
    match source:
        case Source.RECENSEMENT:
            read = insee.read_census(content)
            rows = list(_figures(read.rows))
        case Source.EQUIPEMENT:
            read = insee.read_car_ownership(content)
            rows = list(_figures(read.rows))
        case Source.COVOITURAGE:
            read = rpc.read_shared_rides(content)
            rows = list(_figures(read.rows))
        case Source.FLUX:
            read = flows = insee.read_flows(content)
            rows = [
                CommuneFlow(home=home, work=work, people=people)
                for (home, work), people in flows.flows.items()
            ]
        case Source.CARREAUX:
            read = squares = insee_squares.read_squares(content)
            rows, more = _squares(squares.squares)
        case _:
            read = basins = insee.read_basins(content)
            rows = _basins(basins.basins)
    if not rows:
        raise Unreadable.of("aucune ligne d'une commune n'a été lue.", where=path.name)
    with transaction.atomic():
        InputFile.objects.filter(source=source).delete()
        file = InputFile.objects.create(
            source=source,
            nom=path.name[:150],
            publisher=publisher or (rpc if source == Source.COVOITURAGE else insee).PUBLISHER,
            licence=licence or (rpc if source == Source.COVOITURAGE else insee).LICENCE,
            vintage=vintage or read.vintage or "non renseigné",
            sha256=hashlib.sha256(content).hexdigest(),
            n_rows=len(rows),
            faults=[*more, *read.notes][:MAX_NOTES],
            loaded_at=now,
        )
        for row in rows:
            row.file = file
        type(rows[0])._default_manager.bulk_create(rows, batch_size=2_000)  # type: ignore[arg-type]
    return file


def _figures(rows: Mapping[str, Mapping[str, float | None]]) -> list[CommuneFigure]:
    return [
        CommuneFigure(code_insee=code, mesure=Mesure(measure), value=value)
        for code, row in rows.items()
        for measure, value in row.items()
    ]


def _squares(squares: Sequence[insee_squares.Square]) -> tuple[list[Carreau], list[str]]:
    """Return the squares of the département served, by commune, and what was left aside.

    A commune that the file gives is kept if it is of the département; else the outline in which the
    centre stands.
    """
    communes = Commune.objects.filter(departement=home_departement())
    known = set(communes.values_list("pk", flat=True))
    codes, outlines = _boundaries(communes)
    points = shapely.points([[square.lon, square.lat] for square in squares])
    inside: dict[int, str] = {}
    if len(codes):
        for row, outline in shapely.STRtree(outlines).query(points, "within").T.tolist():
            inside.setdefault(row, codes[outline])
    rows, left = [], 0
    for number, square in enumerate(squares):
        code = square.commune if square.commune in known else inside.get(number, "")
        if not code:
            left += 1
            continue
        rows.append(
            Carreau(
                code_insee=code, identifiant=square.name, lat=square.lat, lon=square.lon,
                people=square.people,
            )
        )  # fmt: skip
    notes = [f"{left} carreaux hors des communes du département, laissés de côté."] if left else []
    return rows, notes


def _boundaries(communes: QuerySet[Commune]) -> tuple[list[str], list[shapely.Geometry]]:
    """Return the codes and the outlines of communes that have one."""
    rows = communes.exclude(boundary=None).values_list("pk", "boundary")
    codes = [code for code, _ in rows]
    texts = [b if isinstance(b, str) else json.dumps(b) for _, b in rows]
    return codes, list(shapely.from_geojson(texts))


def _basins(basins: Mapping[str, tuple[str, str]]) -> list[CommuneBassin]:
    """Return the basins; one without a name takes that of the commune of its code."""
    codes = {code for code, nom in basins.values() if not nom}
    names = dict(Commune.objects.filter(pk__in=codes).values_list("pk", "nom"))
    return [
        CommuneBassin(code_insee=commune, bassin=code, nom=(nom or names.get(code, code))[:120])
        for commune, (code, nom) in basins.items()
    ]
