"""How long a search of communes takes, whole of France: 500 texts of each kind people type.

Run from the project: `python -m benchmarks.territory_search`; the territory must be loaded.
"""

import os
import random
import time
from collections.abc import Callable

import django
import numpy as np

SEED = 43
TEXTS = 500


def run() -> list[dict]:
    """Print, and return, median and 95th centile (ms) of the search by kind of text.

    Each row has kind, n, p50_ms, p95_ms and max_ms; the first is the one search that builds the
    index of the process.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traitdunion.web.settings")
    django.setup()
    from traitdunion.territory.models import Commune
    from traitdunion.territory.queries import check_loaded, invalidate, search_communes

    check_loaded()
    invalidate()
    names = list(Commune.objects.values_list("nom", flat=True))
    kinds = {"index built, first search": ["langeac"]}
    kinds |= texts_by_kind(names, random.Random(SEED))
    print(f"{'text':28} {'n':>4} {'p50_ms':>8} {'p95_ms':>8} {'max_ms':>8}")
    return [measured(kind, texts, search_communes) for kind, texts in kinds.items()]


def measured(kind: str, texts: list[str], search: Callable[[str], object]) -> dict:
    """One row of the table, printed as soon as it is known."""
    p50, p95, longest = np.percentile([time_ms(search, text) for text in texts], [50, 95, 100])
    print(f"{kind:28} {len(texts):4} {p50:8.1f} {p95:8.1f} {longest:8.1f}")
    return {"kind": kind, "n": len(texts), "p50_ms": p50, "p95_ms": p95, "max_ms": longest}


def texts_by_kind(names: list[str], rng: random.Random) -> dict[str, list[str]]:
    """Texts as typed: beginnings of every length, one letter, whole names, one typo, codes."""
    drawn = rng.sample(names, TEXTS)
    return {
        "beginning, any length": [nom[: rng.randint(1, len(nom))] for nom in drawn],
        "one letter": [nom[0] for nom in drawn],
        "saint + one letter": [f"saint {nom[0]}" for nom in drawn],
        "whole name": drawn,
        "name with one letter wrong": [with_typo(nom, rng) for nom in drawn],
        "two words in order": [" ".join(nom.replace("'", "-").split("-")[::2]) for nom in drawn],
        "postal code begun": [f"{rng.randrange(1, 96):02}{rng.randrange(10)}" for _ in drawn],
    }


def with_typo(nom: str, rng: random.Random) -> str:
    at = rng.randrange(len(nom))
    return nom[:at] + rng.choice("aeiourstl") + nom[at + 1 :]


def time_ms(search: Callable[[str], object], text: str) -> float:
    start_s = time.perf_counter()
    search(text)
    return 1000 * (time.perf_counter() - start_s)


if __name__ == "__main__":
    run()
