"""Gather small cells in one line, so that a list of parts can be shown whole."""

from collections.abc import Mapping

from .tables import Cell, K, is_small


def group_small(parts: Mapping[Cell, int], *, other: Cell) -> dict[Cell, int] | None:
    """Return the parts with the small ones gathered under `other`, last.

    The next smallest parts join until the group counts at least K people. None where the whole is
    itself too few to show.
    """
    shown = {cell: n for cell, n in parts.items() if n}
    if not any(is_small(n) for n in shown.values()):
        return shown
    if sum(shown.values()) < K:
        return None
    group = [cell for cell, n in shown.items() if n < K]
    larger = sorted((cell for cell, n in shown.items() if n >= K), key=lambda key: shown[key])
    while sum(shown[cell] for cell in group) < K:
        group.append(larger.pop(0))
    kept = {cell: n for cell, n in shown.items() if cell not in group}
    return kept | {other: sum(shown[cell] for cell in group)}
