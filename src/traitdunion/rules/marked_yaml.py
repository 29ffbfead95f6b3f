"""YAML whose mappings remember their lines, and refuse a key written twice; faults in French."""

from pathlib import Path
from typing import Any

import yaml

MAX_FILE_BYTES = 1_000_000
MAX_DEPTH = 60


class RulesError(ValueError):
    """Files that cannot be used; `problems` holds one French sentence for each fault."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class Marked(dict[str, Any]):
    """A mapping of a file; `line` is where it begins, `lines` where each key stands."""

    line: int
    lines: dict[str, int]

    def line_of(self, key: str) -> int:
        """Return the line of a key, that of the mapping where the key is absent."""
        return self.lines.get(key, self.line)


def marked(document: Any) -> Any:
    """Return a document of plain values as if a file had held it, on no line.

    Numbers become text.
    """
    match document:
        case dict():
            made = Marked({str(key): marked(value) for key, value in document.items()})
            made.line, made.lines = 0, dict.fromkeys(made, 0)
            return made
        case list():
            return [marked(value) for value in document]
        case bool() | None:
            return document
        case int() | float():
            return str(document)
    return document


class _Loader(yaml.SafeLoader):
    """Refuses anchors, which no rule needs and which can repeat without end, and deep nesting."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or self.depth > MAX_DEPTH:
            raise yaml.composer.ComposerError(
                None, None, "trop de niveaux, ou une ancre répétée", event.start_mark
            )
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Marked:
    made = Marked()
    made.line, made.lines = node.start_mark.line + 1, {}
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        line = key_node.start_mark.line + 1
        if key in made:
            raise yaml.constructor.ConstructorError(
                None, None, f"« {key} » est écrit deux fois", key_node.start_mark
            )
        made[key] = loader.construct_object(value_node, deep=True)
        made.lines[key] = line
    return made


def _text(loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
# Numbers stay text, so that 31.97 is a decimal and "01" a code; oui and non are ours.
for _tag in ("int", "float"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _text)


def read_marked(path: Path) -> Marked:
    """Return the content of a file, numbers as text; raises RulesError where it makes no sense."""
    try:
        with path.open("rb") as file:
            read = file.read(MAX_FILE_BYTES + 1)
        if len(read) > MAX_FILE_BYTES:
            raise RulesError([f"{path.name} : le fichier dépasse {MAX_FILE_BYTES // 1000} ko."])
        content = yaml.load(read.decode("utf-8"), Loader=_Loader)  # noqa: S506
    except FileNotFoundError as absent:
        raise RulesError([f"{path} : fichier introuvable. Vérifiez son nom."]) from absent
    except UnicodeDecodeError as wrong:
        raise RulesError(
            [f"{path.name} : le fichier n'est pas en UTF-8. Enregistrez-le en UTF-8."]
        ) from wrong
    except (yaml.YAMLError, ValueError) as wrong:
        # A ValueError is a date that does not exist, such as 2026-02-30.
        mark = getattr(wrong, "problem_mark", None)
        line = f", ligne {mark.line + 1}" if mark else ""
        why = getattr(wrong, "problem", None) or wrong
        raise RulesError(
            [f"{path.name}{line} : YAML mal formé ({why}). Vérifiez les retraits et guillemets."]
        ) from wrong
    if not isinstance(content, Marked):
        raise RulesError([f"{path.name} : le fichier doit être une suite de « clé : valeur »."])
    return content
