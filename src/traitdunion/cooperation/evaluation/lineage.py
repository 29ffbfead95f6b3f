"""Draw the lineage of ideas: from what was sent to the decision and the action.

One drawing for each axis. A column for each step of the lineage, the decisions and the actions in
the last two; a box always stands right of those it comes from. A text beside gives the same.
"""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..models import Action, Axe, Decision, Idee, Seance

BOX_WIDTH, COLUMN_GAP, ROW_GAP, MARGIN = 210, 56, 14, 4
LINE_HEIGHT, PADDING = 16, 10
LETTERS, MAX_LINES = 26, 4

Row = Idee | Decision | Action


@dataclass
class Box:
    """A box of the drawing, in its units from the top left; `parents` are those it comes from."""

    row: Row
    kind: str
    lines: list[str]
    parents: list["Box"] = field(default_factory=list)
    column: int = 0
    x: int = 0
    y: float = 0

    @property
    def height(self) -> int:
        return len(self.lines) * LINE_HEIGHT + 2 * PADDING

    @property
    def text(self) -> list[tuple[int, float, str]]:
        """Return the lines with the places of their first letters."""
        first = self.y + PADDING + LINE_HEIGHT - 4
        return [
            (self.x + PADDING, first + n * LINE_HEIGHT, line) for n, line in enumerate(self.lines)
        ]


@dataclass(frozen=True)
class Drawing:
    """`links`: paths as SVG has them; `alone`: current ideas that nothing joins to another."""

    axe: Axe
    boxes: list[Box]
    links: list[str]
    width: int
    height: int
    alone: list[Idee]


def lineage_of(seance: Seance, *, with_roadmap: bool = True) -> list[Drawing]:
    """Return a drawing for each axis of a session.

    with_roadmap: whether the reader sees its roadmap too; otherwise no action is drawn.
    """
    ideas = list(
        Idee.objects.filter(axe__seance=seance).prefetch_related("issue_de").order_by("pk")
    )
    decisions = list(seance.decisions.prefetch_related("idees", "actions"))
    actions = {
        decision.pk: list(decision.actions.all()) if with_roadmap else [] for decision in decisions
    }
    return [
        _drawing(axe, [idea for idea in ideas if idea.axe_id == axe.pk], decisions, actions)
        for axe in seance.axes.all()
    ]


def _drawing(
    axe: Axe,
    ideas: Sequence[Idee],
    decisions: Iterable[Decision],
    actions: Mapping[int, Sequence[Action]],
) -> Drawing:
    boxes: dict[Row, Box] = {}
    for idea in ideas:
        parents = [boxes[origin] for origin in idea.issue_de.all() if origin in boxes]
        boxes[idea] = Box(idea, "idee", _wrapped(idea.texte), parents)
    for decision in decisions:
        parents = [boxes[idee] for idee in decision.idees.all() if idee in boxes]
        if not parents:
            continue
        boxes[decision] = Box(decision, "decision", _wrapped(decision.texte), parents)
        for action in actions[decision.pk]:
            if action.parent_id is None:
                boxes[action] = Box(action, "action", _wrapped(action.titre), [boxes[decision]])
    joined = {parent.row for box in boxes.values() for parent in box.parents}
    shown = [box for box in boxes.values() if box.parents or box.row in joined]
    _place(shown)
    return Drawing(
        axe=axe,
        boxes=shown,
        links=[_link(parent, box) for box in shown for parent in box.parents],
        width=max((box.x + BOX_WIDTH for box in shown), default=0) + MARGIN,
        height=round(max((box.y + box.height for box in shown), default=0)) + MARGIN,
        alone=[idea for idea in ideas if idea not in joined and not boxes[idea].parents],
    )


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, LETTERS, max_lines=MAX_LINES, placeholder=" …")


def _place(boxes: list[Box]) -> None:
    """Place boxes: columns by the longest way from an origin, rows near their parents."""
    for box in boxes:  # parents come first
        box.column = max((parent.column + 1 for parent in box.parents), default=0)
    n_ideas = max((box.column for box in boxes if box.kind == "idee"), default=0)
    for box in boxes:
        if box.kind != "idee":
            box.column = n_ideas + (1 if box.kind == "decision" else 2)
        box.x = MARGIN + box.column * (BOX_WIDTH + COLUMN_GAP)
    for column in sorted({box.column for box in boxes}):
        bottom = float(MARGIN)
        of_column = [box for box in boxes if box.column == column]
        for box in sorted(of_column, key=lambda row: (_wished(row), row.row.pk)):
            box.y = max(bottom, _wished(box) - box.height / 2)
            bottom = box.y + box.height + ROW_GAP


def _wished(box: Box) -> float:
    middles = [parent.y + parent.height / 2 for parent in box.parents]
    return sum(middles) / len(middles) if middles else 0.0


def _link(parent: Box, child: Box) -> str:
    left, right = parent.x + BOX_WIDTH, child.x
    top, down = parent.y + parent.height / 2, child.y + child.height / 2
    middle = (left + right) / 2
    return f"M{left} {top:.1f}C{middle:.0f} {top:.1f} {middle:.0f} {down:.1f} {right} {down:.1f}"
