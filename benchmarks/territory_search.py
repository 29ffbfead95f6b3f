"""How long a search of communes takes, whole of France: 500 beginnings of names, by length.

Run from the project: `python benchmarks/territory_search.py`; the territory must be loaded.
"""

import os
import random
import time

import django
import numpy as np

SEED = 43
PREFIXES = 500


def main() -> None:
    """Print the time to build the index, then percentiles of the search, by kind of text."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traitdunion.web.settings")
    django.setup()
    from traitdunion.territory.models import Commune
    from traitdunion.territory.queries import search_communes

    start_s = time.perf_counter()
    search_communes("langeac")
    print(f"index built and first search: {1000 * (time.perf_counter() - start_s):.0f} ms")
    names = list(Commune.objects.values_list("nom", flat=True))
    print(f"{'text':28} {'n':>4} {'median_ms':>10} {'p95_ms':>8} {'max_ms':>8}")
    for label, texts in texts_by_kind(names, random.Random(SEED)).items():
        spent_ms = [time_ms(search_communes, text) for text in texts]
        median, p95, longest = np.percentile(spent_ms, [50, 95, 100])
        print(f"{label:28} {len(texts):4} {median:10.1f} {p95:8.1f} {longest:8.1f}")


def texts_by_kind(names: list[str], rng: random.Random) -> dict[str, list[str]]:
    """Texts as typed: beginnings of every length, one letter, whole names, one typo, codes."""
    drawn = rng.sample(names, PREFIXES)
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


def time_ms(search, text: str) -> float:
    start_s = time.perf_counter()
    search(text)
    return 1000 * (time.perf_counter() - start_s)


if __name__ == "__main__":
    main()
