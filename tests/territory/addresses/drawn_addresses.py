"""Draws files of addresses: streets with names like those of France, in communes of our own."""

import csv
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

BAN = """
id id_fantoir numero rep nom_voie code_postal code_insee nom_commune code_insee_ancienne_commune
nom_ancienne_commune x y lon lat type_position alias nom_ld libelle_acheminement nom_afnor
source_position source_nom_voie certification_commune cad_parcelles
"""
TYPES = (
    "Rue", "Rue", "Rue", "Avenue", "Chemin", "Route", "Impasse", "Allée", "Place", "Boulevard",
    "Lotissement", "Montée", "Quai", "Square", "Passage",
)  # fmt: skip
LINKS = ("de la", "du", "des", "de", "de l'", "")
FIRST = (
    "Jean", "Pierre", "Paul", "Marie", "Louis", "Jules", "Claude", "Émile", "Victor", "Georges",
    "Henri", "François", "Édouard", "Albert", "Général", "Maréchal", "Docteur", "Saint", "Sainte",
)  # fmt: skip
SYLLABLES = (
    "ba", "bel", "bra", "cha", "cour", "da", "del", "fon", "gar", "ger", "la", "lan", "lou", "ma",
    "mar", "mon", "mou", "nal", "pey", "pra", "ran", "rou", "sau", "ser", "tai", "val", "ver", "vi",
)  # fmt: skip
ENDS = ("rade", "nac", "zac", "ges", "lles", "te", "rie", "sse", "ne", "ret", "lin", "don", "gny")


class Address(NamedTuple):
    numero: int
    rep: str
    street: str
    postcode: str
    code_insee: str
    commune: str
    lat: float
    lon: float
    elsewhere: str = ""


def word(rng: random.Random) -> str:
    """Return a name that no street is sure to have."""
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(1, 2))).capitalize() + (
        rng.choice(ENDS)
    )


def street_name(rng: random.Random, known: Sequence[str] = ()) -> str:
    """Return the name of a street, often of words that others have."""
    kind, link = rng.choice(TYPES), rng.choice(LINKS)
    name = rng.choice(known) if known and rng.random() < 0.5 else word(rng)
    if rng.random() < 0.4:
        return f"{kind} {rng.choice(FIRST)} {name}"
    return f"{kind} {link} {name}".replace("  ", " ").replace("' ", "'")


def drawn(
    n: int, communes: Sequence[tuple[str, str, str, float, float]], *, seed: int,
    known: Sequence[str] = (), a_street: int = 8,
) -> list[Address]:  # fmt: skip
    """Return `n` addresses, about `a_street` to a street, in communes (code, CP, name, lat, lon).

    `known`: words that the streets take half of the time.
    """
    rng = random.Random(seed)
    made: list[Address] = []
    while len(made) < n:
        code, postcode, commune, lat, lon = rng.choice(communes)
        name = street_name(rng, known)
        here = lat + rng.uniform(-0.03, 0.03), lon + rng.uniform(-0.03, 0.03)
        for numero in range(1, rng.randint(1, 2 * a_street)):
            point = here[0] + numero * 1e-4, here[1]
            made.append(Address(numero, "", name, postcode, code, commune, *point))
    return made[:n]


def write_ban(path: Path, addresses: Iterable[Address]) -> Path:
    """Write addresses as the Base Adresse Nationale publishes those of a département."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        headings = BAN.split()
        writer.writerow(headings)
        for row in addresses:
            values = {
                "numero": row.numero, "rep": row.rep, "nom_voie": row.street,
                "code_postal": row.postcode, "code_insee": row.code_insee,
                "nom_commune": row.commune, "nom_ancienne_commune": row.elsewhere,
                "lat": round(row.lat, 6), "lon": round(row.lon, 6),
            }  # fmt: skip
            writer.writerow([values.get(name, "") for name in headings])
    return path
