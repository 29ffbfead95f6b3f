"""Solutions drawn at random beside those of the demonstration: vehicles lent, prices, rules."""

import random
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import cycle, islice

SHARES = {"location_velo": 3, "location_2rm": 2, "location_voiture": 2, "tad": 1, "covoiturage": 1,
          "transport_solidaire": 1, "aide_financiere": 1, "garage": 1}  # fmt: skip
"""How many of each type among twelve; types that the catalogue does not know are left out."""

VEHICLE_OF = {"location_velo": ("velo", "vae"), "location_2rm": ("scooter",),
              "location_voiture": ("voiture",)}  # fmt: skip
TOWNS_EACH = 3


def draw(
    number: int, rng: random.Random, now: datetime, *, towns: Sequence[str], whole: str = ""
) -> None:
    """Publish so many solutions, each around some of the `towns`, or in the département `whole`.

    All have a price, a third a rule of those in force; those that lend name their vehicle.
    """
    from traitdunion.catalogue.enums import NatureZone, TypeSolution
    from traitdunion.catalogue.models import Solution, SolutionZone, Structure
    from traitdunion.rules import rule_book
    from traitdunion.territory.names import fold

    kinds = [kind for kind, share in SHARES.items() if kind in TypeSolution.values
             for _ in range(share)]  # fmt: skip
    rules = sorted(rule_book().rules)
    structures = [
        Structure(id=f"tiree-{i}", nom=f"Structure tirée {i}", telephone="04 65 71 00 10",
                  commune=rng.choice(towns))
        for i in range(max(number // 50, 1))
    ]  # fmt: skip
    Structure.objects.bulk_create(structures)
    solutions, zones = [], []
    for n, kind in enumerate(islice(cycle(kinds), number)):
        key = f"tiree-{n}"
        solutions.append(
            Solution(
                id=key, structure=rng.choice(structures), nom=f"Solution tirée {n}",
                description="Tirée au hasard.", type_solution=kind, statut="publie",
                mode=rng.choice(VEHICLE_OF.get(kind, ("",))), regle=""
                if n % 3 else rng.choice(rules), par_mois_eur=Decimal(rng.randrange(5, 120)),
                verifie_le=now.date(), modified_at=now, cle=f" {fold(f'Solution tirée {n}')} ",
            )
        )  # fmt: skip
        if whole:
            zones.append(SolutionZone(solution_id=key, nature=NatureZone.DEPARTEMENT, code=whole))
            continue
        zones += [
            SolutionZone(solution_id=key, nature=NatureZone.COMMUNE, code=town)
            for town in rng.sample(towns, TOWNS_EACH)
        ]
    Solution.objects.bulk_create(solutions, batch_size=1000)
    SolutionZone.objects.bulk_create(zones, batch_size=1000)
