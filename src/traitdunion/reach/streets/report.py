"""What an import of streets found, in French."""

from dataclasses import dataclass, field


class StreetsImportError(ValueError):
    """The extract or the elevation gives no streets; the French message gives the reason."""


GRAPH_NAMES = {"walk": "À pied", "bike": "À vélo", "car": "En voiture"}


@dataclass(frozen=True)
class StreetsReport:
    """Counts of an import; by graph (`walk`, `bike`, `car`) where they differ.

    `ways_cut`: at the edge of the extract. `removed_km`: streets of the components removed.
    `conditional_unapplied`: ways whose access depends on the hour or the vehicle, read as if it
    did not. `local_streets`: open at the ends of a trip only. `flat_streets`: those the elevation
    does not know; None without an elevation.
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
    conditional_unapplied: int = 0
    local_streets: dict[str, int] = field(default_factory=dict)
    components_removed: dict[str, int] = field(default_factory=dict)
    removed_km: dict[str, float] = field(default_factory=dict)
    flat_streets: int | None = None

    def lines(self) -> list[str]:
        """Return one French sentence a line."""
        ways = f"Voies lues : {_count(self.ways_read)}, gardées : {_count(self.ways_kept)}"
        if self.ways_cut:
            ways += f", coupées au bord de l'extrait : {_count(self.ways_cut)}"
        turns = (
            f"Interdictions de tourner lues : {_count(self.restrictions_read)}, "
            f"appliquées : {_count(self.restrictions_applied)}"
        )
        if self.restrictions_unread:
            turns += (
                f", laissées de côté : {_count(self.restrictions_unread)} "
                "(elles passent par une voie, ou sont incomplètes)"
            )
        return [
            f"{ways}.",
            f"Rues entre carrefours : {_count(self.streets)}, {_count(self.streets_km)} km.",
            *(self._graph(name, label) for name, label in GRAPH_NAMES.items()),
            f"{turns}.",
            f"Barrières fermées à un mode au moins : {_count(self.barriers)}.",
            *self._access(),
            self._relief(),
        ]

    def _graph(self, name: str, label: str) -> str:
        text = f"{label} : {_count(self.nodes[name])} nœuds, {_count(self.edges[name])} arcs"
        removed = self.components_removed[name]
        if not removed:
            return f"{text}."
        km = _count(self.removed_km[name])
        return f"{text}, morceaux à l'écart du réseau : {_count(removed)} ({km} km)."

    def _access(self) -> list[str]:
        lines = []
        if any(self.local_streets.values()):
            counts = ", ".join(
                f"{GRAPH_NAMES[name].lower()} {_count(number)}"
                for name, number in self.local_streets.items()
            )
            lines.append(f"Rues privées ou réservées aux riverains, sans traversée : {counts}.")
        if self.conditional_unapplied:
            lines.append(
                "Accès selon l'heure ou le véhicule, pas encore pris en compte : "
                f"{_count(self.conditional_unapplied)} voies."
            )
        return lines

    def _relief(self) -> str:
        if self.flat_streets is None:
            return "Sans relief : les rues sont comptées plates."
        if self.flat_streets == 0:
            return "Relief connu partout."
        return f"Rues sans relief connu, comptées plates : {_count(self.flat_streets)}."


def _count(value: float) -> str:
    return f"{round(value):,}".replace(",", "\u202f")
