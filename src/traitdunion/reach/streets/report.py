"""What an import of streets found, in French."""

from dataclasses import dataclass, field


class StreetsImportError(ValueError):
    """The extract or the elevation gives no streets; the French message says why."""


GRAPH_NAMES = {"walk": "À pied", "bike": "À vélo", "car": "En voiture"}


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
        ways = f"Voies lues : {_number(self.ways_read)}, gardées : {_number(self.ways_kept)}"
        if self.ways_cut:
            ways += f", coupées au bord de l'extrait : {_number(self.ways_cut)}"
        turns = (
            f"Interdictions de tourner lues : {_number(self.restrictions_read)}, "
            f"appliquées : {_number(self.restrictions_applied)}"
        )
        if self.restrictions_unread:
            turns += (
                f", laissées de côté : {_number(self.restrictions_unread)} "
                "(elles passent par une voie, ou sont incomplètes)"
            )
        return [
            f"{ways}.",
            f"Rues entre carrefours : {_number(self.streets)}, {_number(self.streets_km)} km.",
            *(self._graph(name, label) for name, label in GRAPH_NAMES.items()),
            f"{turns}.",
            f"Barrières fermées à un mode au moins : {_number(self.barriers)}.",
            self._relief(),
        ]

    def _graph(self, name: str, label: str) -> str:
        text = f"{label} : {_number(self.nodes[name])} nœuds, {_number(self.edges[name])} arcs"
        removed = self.components_removed[name]
        if not removed:
            return f"{text}."
        km = _number(self.removed_km[name])
        return f"{text}, morceaux à l'écart du réseau : {_number(removed)} ({km} km)."

    def _relief(self) -> str:
        if self.flat_streets is None:
            return "Sans relief : les rues sont comptées plates."
        if self.flat_streets == 0:
            return "Relief connu partout."
        return f"Rues sans relief connu, comptées plates : {_number(self.flat_streets)}."


def _number(value: float) -> str:
    return f"{round(value):,}".replace(",", "\u202f")
