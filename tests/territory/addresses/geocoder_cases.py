"""Cases of `geocoder-tester`, their streets put among as many drawn ones as a département has."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from drawn_addresses import Address, drawn, write_ban

from traitdunion.territory.addresses.index import FILE, import_addresses
from traitdunion.territory.addresses.searching import AddressIndex, FoundAddress, Preference
from traitdunion.territory.addresses.words import spelled, telling

DECOYS = 150_000
Case = Mapping[str, str]
DEPARTEMENTS = {
    "auvergne": "43", "rhonealpes": "42", "languedocroussillon": "48", "midipyrenees": "12",
    "limousin": "19", "bourgogne": "21", "franchecomte": "25", "iledefrance": "75",
}  # fmt: skip


def measured(path: Path, folder: Path, *, on: date) -> dict[str, float]:
    """Return by kind of case the share found in the first five; those that expect a city apart."""
    cases = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    streets = list(_streets(cases))
    communes = {row.code_insee: row for row in streets}
    known = [word for row in streets for word in row.street.split()[1:] if len(word) > 4]
    around = [
        (row.code_insee, row.postcode, row.commune, row.lat, row.lon) for row in communes.values()
    ]
    decoys = drawn(DECOYS, around, seed=5, known=known)
    import_addresses([write_ban(folder / "all.csv", [*streets, *decoys])], folder, on=on)
    index = AddressIndex(folder / FILE)
    asked, answered = Counter(), Counter()
    for case in cases:
        kind = case["kind"] if case["expected_street_or_name"] else "city"
        near = (float(case["bias_lat"]), float(case["bias_lon"])) if case["bias_lat"] else None
        hits = index.search(case["query"], limit=5, preference=Preference((), near))
        asked[kind] += 1
        answered[kind] += any(_is_expected(case, hit) for hit in hits)
    return {kind: answered[kind] / n for kind, n in asked.items()}


def _key(text: str) -> str:
    return " ".join(telling(spelled(text)))


def _is_expected(case: Case, hit: FoundAddress) -> bool:
    number = case["expected_housenumber"].replace(" ", "").lower()
    return (
        _key(hit.name) == _key(case["expected_street_or_name"])
        and case["expected_postcode"] in ("", hit.postcode)
        and (not case["expected_city"] or _key(hit.commune) == _key(case["expected_city"]))
        and number in ("", hit.numero.replace(" ", "").lower())
    )


def _streets(cases: Iterable[Case]) -> Iterator[Address]:
    """Yield the addresses that the cases expect, and the numbers beside.

    The same address is asked for with its city, with its postal code and beside a point: what one
    case does not say, another does.
    """
    known: dict[tuple[str, ...], dict[str, str]] = {}
    for case in filter(lambda case: case["expected_street_or_name"], cases):
        names = ("region", "expected_housenumber", "expected_street_or_name")
        key = tuple(case[name] for name in names)
        if case["kind"] != "address":
            key += (case["query"],)
        place = known.setdefault(key, {})
        for name in ("expected_city", "expected_postcode", "bias_lat", "bias_lon"):
            place[name] = place.get(name) or case[name]
        if case["kind"] == "address" and not case["bias_lat"] and not case["expected_city"]:
            place["asked"] = case["query"].partition(key[2])[2].strip()
    codes: dict[tuple[str, str], str] = {}
    for (region, number, street, *_), place in known.items():
        departement = place["expected_postcode"][:2] or DEPARTEMENTS.get(region, "29")
        city = place["expected_city"] or place.get("asked", "") or f"Bourg {street[:8]}"
        code = codes.setdefault((departement, city), f"{departement}{len(codes) % 1000:03}")
        lat, lon = float(place["bias_lat"] or 45.5), float(place["bias_lon"] or 3.5)
        read = re.match(r"(\d*)(.*)", number)
        n, rep = int(read[1] or 1), read[2].strip().lower()
        for beside in (-4, -2, 0, 2, 4):
            if n + beside > 0:
                yield Address(
                    n + beside, "" if beside else rep, street, place["expected_postcode"], code,
                    city, lat + beside * 1e-4, lon,
                )  # fmt: skip
