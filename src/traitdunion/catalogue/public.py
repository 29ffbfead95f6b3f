"""What the public pages and the API show of an entry: nothing that is private."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse

from traitdunion.territory.models import Commune

from .areas import as_geometry
from .entries import Content, content_of
from .models import Solution

PRIVATE = ("telephone", "courriel", "contact_nom")


def document(solution: Solution) -> Content:
    """Return the document of an entry, without the contacts that are not public."""
    content = content_of(solution)
    content.pop("contact_public")
    if not solution.contact_public:
        for name in PRIVATE:
            content.pop(name, None)
    return content


def summary(solution: Solution, *, on: date) -> dict[str, Any]:
    """Return a line of a list, as the API gives it."""
    return {
        "id": solution.pk,
        "nom": solution.nom,
        "type_solution": solution.type_solution,
        "famille": solution.famille.value,
        "structure": {"id": solution.structure_id, "nom": solution.structure.nom},
        "description": solution.description,
        "url": reverse("catalogue:solution", kwargs={"key": solution.pk}),
        "version": solution.version,
        "modifiee_le": solution.modified_at,
        "verifie_le": solution.verifie_le,
        "fraicheur": solution.freshness(on).value,
        "demonstration": solution.demonstration,
    }


def contacts(solution: Solution) -> dict[str, str]:
    """Return where to ask: the entry's contacts, else its structure's; nothing private."""
    structure, public = solution.structure, solution.contact_public
    return {
        "telephone": (solution.telephone or structure.telephone) if public else "",
        "courriel": (solution.courriel or structure.courriel) if public else "",
        "lien": solution.lien_mobilisation or structure.site,
        "contact_nom": solution.contact_nom if public else "",
    }


def points(solutions: Iterable[Solution]) -> dict[str, Any]:
    """Return where solutions are found, as GeoJSON: their place, else their structure's commune."""
    rows = list(solutions)
    codes = {_commune(row) for row in rows} - {""}
    columns = ("code_insee", "lat", "lon")
    towns = {code: (lon, lat) for code, lat, lon in
             Commune.objects.filter(code_insee__in=codes).values_list(*columns)}  # fmt: skip
    features = []
    for row in rows:
        place = _place(row) or towns.get(_commune(row))
        if place:
            address = reverse("catalogue:solution", kwargs={"key": row.pk})
            features.append(_feature(place, {"nom": row.nom, "url": address}))
    return {"type": "FeatureCollection", "features": features}


def _place(row: Solution) -> tuple[float, float] | None:
    if row.retrait_lat is not None and row.retrait_lon is not None:
        return row.retrait_lon, row.retrait_lat
    if row.structure.lat is not None and row.structure.lon is not None:
        return row.structure.lon, row.structure.lat
    return None


def _commune(row: Solution) -> str:
    return row.retrait_commune or row.structure.commune


def _feature(place: tuple[float, float], properties: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": list(place)},
    }


def drawn(solution: Solution) -> dict[str, Any]:
    """Return areas, stops and place of one entry, as GeoJSON for its map."""
    features: list[dict[str, Any]] = [
        {"type": "Feature", "properties": {"nom": zone.nom}, "geometry": as_geometry(zone.geojson)}
        for zone in solution.zones_service.all()
    ]
    features += [_feature((s.lon, s.lat), {"nom": s.nom}) for s in solution.arrets.all()]
    if solution.retrait_lat is not None and solution.retrait_lon is not None:
        name = solution.retrait_nom or "Lieu de retrait"
        features.append(_feature((solution.retrait_lon, solution.retrait_lat), {"nom": name}))
    return {"type": "FeatureCollection", "features": features}
