"""The communes of a map by state, over the outlines of the territory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from traitdunion.territory.outlines import Outlines, outlines

STATES = ("deux", "une", "condition", "blanche", "inconnu")


@dataclass(frozen=True)
class Layer:
    """The communes of one state of a map."""

    state: str
    codes: tuple[str, ...]


def layers(states: Mapping[str, str], codes: Iterable[str]) -> list[Layer]:
    """Return the communes by state, in the order of the legend; those not in `states` unknown."""
    by_state: dict[str, list[str]] = {state: [] for state in STATES}
    for code in codes:
        by_state[states.get(code, "inconnu")].append(code)
    return [Layer(state, tuple(kept)) for state, kept in by_state.items() if kept]


__all__ = ["STATES", "Layer", "Outlines", "layers", "outlines"]
