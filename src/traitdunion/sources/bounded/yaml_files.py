"""YAML documents, bounded in size, in values, in depth and in what their anchors repeat."""

from pathlib import Path
from typing import Any

import yaml

from .files import file_content
from .limits import Limits

LIMITS = Limits(file_bytes=5_000_000, nodes=300_000)
TIME_EVERY = 1_000


class BoundedLoader(yaml.SafeLoader):
    """A SafeLoader that refuses, with the line, what would take memory or time without end.

    An anchor repeated ten times at ten levels is ten thousand million values: an alias counts for
    all the values of its anchor.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._limits = LIMITS.started()
        self._depth = self._nodes = 0
        self._sizes: dict[str, int] = {}

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose a node once it is counted."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            if event.anchor in self.anchors and event.anchor not in self._sizes:
                self._refuse(f"l'ancre « {event.anchor} » se contient elle-même", event)
            self._count(self._sizes.get(str(event.anchor), 1), event)
            return super().compose_node(parent, index)
        before = self._nodes
        self._count(1, event)
        self._depth += 1
        if self._depth > self._limits.depth:
            self._refuse(f"plus de {self._limits.depth} niveaux", event)
        node = super().compose_node(parent, index)
        self._depth -= 1
        if event.anchor is not None:
            self._sizes[event.anchor] = self._nodes - before
        return node

    def _count(self, nodes: int, event: yaml.Event) -> None:
        self._nodes += nodes
        if self._nodes > self._limits.nodes:
            self._refuse(f"plus de {self._limits.nodes} valeurs", event)
        if self._nodes % TIME_EVERY == 0:
            self._limits.check_time()

    def _refuse(self, why: str, event: yaml.Event) -> None:
        mark: Any = event.start_mark
        raise yaml.composer.ComposerError(None, None, why, mark)


def yaml_document(path: Path, loader: type[BoundedLoader] = BoundedLoader) -> Any:
    """Return the document of a YAML file in UTF-8.

    Raises OSError, UnicodeDecodeError, Unreadable (too large, too long), and yaml.YAMLError with
    the line; ValueError for a date that does not exist.
    """
    text = file_content(path, limits=LIMITS).decode("utf-8-sig")
    return yaml.load(text, Loader=loader)  # noqa: S506 - a SafeLoader
