"""Parts of a total that is shown: gather the small ones, or hide some with them."""

from collections.abc import Mapping, Sequence

from .tables import Cell, K, is_small


def group_small(parts: Mapping[Cell, int], *, other: Cell) -> dict[Cell, int] | None:
    """Return the parts with the small ones gathered under `other`, last, with a part of that name.

    The next smallest parts join until each gathered part may count K people: a reader who knows how
    many are gathered knows that each of the others counts one at least. None where the whole is too
    small for that.
    """
    shown = {cell: n for cell, n in parts.items() if n}
    if not any(is_small(n) for n in shown.values()):
        return shown
    group = [cell for cell, n in shown.items() if n < K or cell == other]
    larger = sorted((cell for cell in shown if cell not in group), key=lambda key: shown[key])
    while not may_be_parts(sum(shown[cell] for cell in group), len(group)):
        if not larger:
            return None
        group.append(larger.pop(0))
    kept = {cell: n for cell, n in shown.items() if cell not in group}
    return kept | {other: sum(shown[cell] for cell in group)}


def may_be_parts(total: int, n_parts: int) -> bool:
    """Return whether a total may be shown beside the number of its parts, none of them empty.

    The largest that a part may be is the total less one for each other part.
    """
    return total - (n_parts - 1) >= K


def partners(
    hidden: Sequence[int], n_hidden: int, known: Mapping[Cell, Sequence[int]]
) -> list[Cell] | None:
    """Return the parts to hide with those hidden already, the smallest first.

    hidden: what a subtraction gives of the parts hidden, by kind of count (those of whom a share
    is, and the others). known: the same counts of each part that may be shown. None where the total
    goes too, for even all parts together are too few.
    """
    sums, chosen = list(hidden), list[Cell]()
    waiting = sorted(known, key=lambda cell: (sum(known[cell]), str(cell)))
    while True:
        n = n_hidden + len(chosen)
        if n > 1 and all(not total or may_be_parts(total, n) for total in sums):
            return chosen
        if not waiting:
            return None
        chosen.append(waiting.pop(0))
        sums = [total + count for total, count in zip(sums, known[chosen[-1]], strict=True)]
