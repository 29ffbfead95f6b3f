"""The public pages of a catalogue of ten thousand entries: the 95th percentile of each."""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime

from .measure import Row

SOLUTIONS, REQUESTS, BOUND_MS = 10_000, 60, 200
WORDS = [
    "vélo", "scooter", "minibus", "permis", "garage", "atelier", "navette", "voiture", "conduite",
    "aide", "chauffeur", "bourg", "plateau", "gare", "entraide", "emploi", "formation", "mobilité",
    "location", "réparation",
]  # fmt: skip
PAGES = {
    "list": "/solutions/?page={page}",
    "word": "/solutions/?q={word}",
    "typo": "/solutions/?q={typo}",
    "town and public": "/solutions/?commune={town}&public=jeunes",
    "entry": "/solutions/fiche-{n}/",
    "API": "/api/v1/solutions?q={word}&limite=50",
}


def rows() -> list[Row]:
    """One row, measured in a process of its own on a base of its own."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "TRAITDUNION_DATA_DIR": folder}
        for command in (["migrate", "-v0"], ["territory", "load"]):
            subprocess.run(
                [sys.executable, "-m", "traitdunion.web.command_line", *command],
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        told = subprocess.run(
            [sys.executable, "-m", "benchmarks.catalogue_pages"],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
    lines = [line.rsplit(" ", 2) for line in told.stdout.splitlines()]
    worst = max(float(high) for _, _, high in lines)
    each = "; ".join(f"{name} {median} ms, {high} ms" for name, median, high in lines)
    return [
        Row(
            f"Public pages at {SOLUTIONS} entries: median, 95th percentile",
            each,
            "–",
            f"p95 < {BOUND_MS} ms",
            worst < BOUND_MS,
        )
    ]


def fill(rng: random.Random, towns: list[str], now: datetime) -> None:
    """Entries drawn at random, with the key of search that saving would give them."""
    from traitdunion.catalogue.enums import ListeCodes, Public, TypeSolution
    from traitdunion.catalogue.models import Solution, SolutionCode, SolutionZone, Structure
    from traitdunion.territory.names import fold

    structures = [
        Structure(id=f"s-{i}", nom=f"Structure {i}", telephone="04 65 71 00 10", commune=town)
        for i, town in enumerate(rng.sample(towns, 200))
    ]
    Structure.objects.bulk_create(structures)
    solutions, zones, codes = [], [], []
    for n in range(SOLUTIONS):
        name = " ".join(rng.sample(WORDS, 4)).capitalize()
        text = " ".join(rng.choices(WORDS, k=40))
        solutions.append(
            Solution(
                id=f"fiche-{n}", structure=rng.choice(structures), nom=name, description=text,
                type_solution=rng.choice(TypeSolution.values), statut="publie",
                verifie_le=now.date(), modified_at=now, cle=f" {fold(f'{name} {text}')} ",
            )
        )  # fmt: skip
        for town in rng.sample(towns, 3):
            zones.append(SolutionZone(solution_id=f"fiche-{n}", nature="commune", code=town))
        code = rng.choice(Public.values)
        codes.append(SolutionCode(solution_id=f"fiche-{n}", liste=ListeCodes.PUBLICS, code=code))
    for model, made in ((Solution, solutions), (SolutionZone, zones), (SolutionCode, codes)):
        model.objects.bulk_create(made, batch_size=1000)


def measure() -> None:
    """Ask each page through the whole stack; print its name, median and 95th percentile in ms."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traitdunion.web.settings")
    import django

    django.setup()
    from django.test import Client

    from traitdunion.territory.models import Commune

    rng = random.Random(43)
    towns = list(Commune.objects.filter(departement="43").values_list("code_insee", flat=True))
    fill(rng, towns, datetime.now(UTC))
    client = Client(SERVER_NAME="localhost")
    for name, page in PAGES.items():
        spent_ms = []
        for _ in range(REQUESTS + 3):
            word = rng.choice([word for word in WORDS if len(word) > 5])
            address = page.format(
                page=rng.randrange(1, SOLUTIONS // 20), word=word, town=rng.choice(towns),
                typo=word[:2] + word[3] + word[2] + word[4:], n=rng.randrange(SOLUTIONS),
            )  # fmt: skip
            begun = time.perf_counter()
            answer = client.get(address)
            spent_ms.append(1000 * (time.perf_counter() - begun))
            assert answer.status_code == 200, address
        kept = sorted(spent_ms[3:])  # the first ones import and fill the caches
        high = kept[int(0.95 * len(kept))]
        print(f"{name} {statistics.median(kept):.0f} {high:.0f}")


if __name__ == "__main__":
    measure()
