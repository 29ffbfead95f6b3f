"""What an import of streets found, in French."""

from dataclasses import dataclass, field


class StreetsImportError(ValueError):
    """The extract or the elevation gives no streets; the French message says why."""


GRAPH_NAMES = {"walk": "à pied", "bike": "à vélo", "car": "en voiture"}


@dataclass(frozen=True)
class StreetsReport:
    """Counts of an import; by graph (`walk`, `bike`, `car`) where they differ.

    `ways_cut`: at the edge of the extract. `removed_km`: streets of the components removed.
    `flat_streets`: those the elevation does not know; None without an elevation.
    """

    ways_read: int
    ways_kept: int
    ways_cut: int
    barriers: int
    streets: int
    streets_km: float
    nodes: dict[str, int] = field(default_factory=dict)
    edges: dict[str, int] = field(default_factory=dict)
    restrictions_read: int = 0
    restrictions_unread: int = 0
    restrictions_applied: int = 0
    components_removed: dict[str, int] = field(default_factory=dict)
    removed_km: dict[str, float] = field(default_factory=dict)
    flat_streets: int | None = None

    def lines(self) -> list[str]:
        """One French sentence a line."""
        return [
            f"{_number(self.ways_read)} voies lues, {_number(self.ways_kept)} gardées"
            + (
                f", {_number(self.ways_cut)} coupées au bord de l'extrait."
                if self.ways_cut
                else "."
            ),
            f"{_number(self.streets)} rues entre carrefours, {_number(self.streets_km)} km.",
            *(self._graph(name, label) for name, label in GRAPH_NAMES.items()),
            f"Interdictions de tourner : {_number(self.restrictions_applied)} appliquées sur "
            f"{_number(self.restrictions_read)}"
            + (
                f" ({_number(self.restrictions_unread)} passent par une voie ou sont incomplètes)."
                if self.restrictions_unread
                else "."
            ),
            f"{_number(self.barriers)} barrières ferment le passage à un mode au moins.",
            self._relief(),
        ]

    def _graph(self, name: str, label: str) -> str:
        text = (
            f"{label.capitalize()} : {_number(self.nodes[name])} nœuds, "
            f"{_number(self.edges[name])} arcs"
        )
        removed = self.components_removed[name]
        if not removed:
            return f"{text}."
        return (
            f"{text} ; {_number(removed)} morceaux coupés du reste écartés "
            f"({_number(self.removed_km[name])} km)."
        )

    def _relief(self) -> str:
        if self.flat_streets is None:
            return "Sans relief : les rues sont comptées plates."
        if self.flat_streets == 0:
            return "Relief connu partout."
        return f"Relief inconnu pour {_number(self.flat_streets)} rues, comptées plates."


def _number(value: float) -> str:
    return f"{round(value):,}".replace(",", "\u202f")
