"""Two runs side by side: who gained and who lost, commune by commune; losses are never hidden."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..definitions import BY_CODE
from ..enums import Niveau
from ..models import Run
from ..presenting import people, shown
from ..publishing.packages import states_of
from ..queries import Territory, table_of
from ..running.profiles import BASE
from .maps import Layer, layers
from .territory_page import LABELS

ORDER = {"blanche": 0, "condition": 1, "une": 2, "deux": 3}


@dataclass(frozen=True)
class Change:
    """A commune whose state differs between two runs."""

    code: str
    nom: str
    before: str
    after: str
    people: str


@dataclass(frozen=True)
class Comparison:
    """Two runs over a territory at one shift; `gained` and `lost` are sorted by people."""

    before: Run
    after: Run
    share_before: str
    share_after: str
    gained: list[Change]
    lost: list[Change]
    n_unknown: int
    layers_before: list[Layer]
    layers_after: list[Layer]

    @property
    def differs_in(self) -> list[str]:
        """Return the inputs that differ, in French: what the change may come from."""
        names = {
            "reseau": "les horaires",
            "catalogue": "le catalogue",
            "regles": "les règles",
            "territoire": "le territoire, les pôles ou la population",
            "code": "le programme",
            "profils": "les profils",
            "rues": "les rues",
        }
        before, after = self.before.manifest, self.after.manifest
        return [nom for key, nom in names.items() if before.get(key) != after.get(key)]


def compare(
    before: Run,
    after: Run,
    territory: Territory,
    codes: Mapping[str, str],
    whole: list[str],
    *,
    shift: str,
    profile: str = BASE,
) -> Comparison:
    """Return what changed for a territory between two runs at a shift."""
    states = [
        {code: state for (code, of), state in states_of(run, profile).items() if of == shift}
        for run in (before, after)
    ]
    counted = table_of(after, ["W1"], niveau=Niveau.COMMUNE, profile=profile)
    shares = [
        table_of(run, ["W1"], niveau=territory.niveau, code=territory.code, profile=profile)
        for run in (before, after)
    ]
    changes: list[tuple[float, int, Change]] = []
    unknown = 0
    for code, nom in codes.items():
        state_before, state_after = (of_run.get(code) for of_run in states)
        if state_before is None or state_after is None:
            unknown += 1
        elif state_before != state_after:
            n = counted.get((code, "W1", shift), (None, 0.0))[1]
            change = Change(code, nom, LABELS[state_before], LABELS[state_after], people(n))
            changes.append((n, ORDER[state_after] - ORDER[state_before], change))
    changes.sort(key=lambda row: (-row[0], row[2].code))
    texts = [
        shown(BY_CODE["W1"], share.get((territory.code, "W1", shift), (None, 0.0))[0]).text
        for share in shares
    ]
    return Comparison(
        before, after, texts[0], texts[1],
        [change for _, step, change in changes if step > 0],
        [change for _, step, change in changes if step < 0],
        unknown,
        layers(states[0], whole), layers(states[1], whole),
    )  # fmt: skip
