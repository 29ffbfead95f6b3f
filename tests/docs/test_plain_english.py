"""Docstrings open with a verb and use plain words; the engine explains its lines."""

import ast
import functools
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "traitdunion"
IDIOMS = "tell tells told says said somebody nobody whoever anew whence lest"
VERBS = """
    accept add announce anonymise answer append apply approve ask attach begin bound bring build
    call cancel change check choose claim clean close collect combine commit compare compile
    compose compute confirm connect convert copy correct count create cut decide declare decode
    decorate decrypt delete do download draw drop encrypt end equal erase exit export feed fetch
    fill filter find fold follow forbid forget format freeze gather get give go group hand hide
    hold index interpolate invite join keep label last lay leave let link list load lock lower
    make map mark measure merge move name negate note notice open parse part place prepare price
    print propose publish put queue raise rank re-encrypt read record refuse remove rename
    render renumber replace reply report reset resolve return round run save scan score seal
    search seat send set shift show sift sign skip sort split spread start stop store sum take
    test throw tie time train try turn undo update use validate verify wait warn weight withdraw
    wrap write yield
"""


def modules(folder: Path = SOURCE) -> Iterator[str]:
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path.read_text(encoding="utf-8")


@dataclass
class Words:
    """What the source is written with: docstrings, whether of a function; names of variables."""

    docstrings: list[tuple[bool, list[str]]] = field(default_factory=list)
    variables: set[str] = field(default_factory=set)


FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


@functools.cache
def source() -> Words:
    """Return the words of the source, read once for the tests of this file."""
    words = Words()
    for text in modules():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Module | ast.ClassDef | FUNCTIONS):
                written = re.findall(r"[A-Za-z'-]+", ast.get_docstring(node) or "")
                if written:
                    in_function = isinstance(node, FUNCTIONS)
                    words.docstrings.append((in_function, [word.lower() for word in written]))
            elif isinstance(node, ast.arg):
                words.variables.add(node.arg)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                words.variables.add(node.id)
    return words


def test_most_functions_open_with_a_verb():
    functions = [words[0] for in_function, words in source().docstrings if in_function]
    verbs = frozenset(VERBS.split())
    share = sum(first in verbs for first in functions) / len(functions)
    assert share >= 0.5, f"{share:.0%} of {len(functions)} docstrings"


def test_the_words_of_the_house_are_rare():
    idioms = frozenset(IDIOMS.split())
    words = [word for _, words in source().docstrings for word in words]
    per_100_000 = 100_000 * sum(word in idioms for word in words) / len(words)
    assert per_100_000 <= 100, f"{per_100_000:.0f} of {len(words)}"


def test_a_variable_says_what_it_holds():
    assert source().variables & {"one", "found", "told", "got"} == set()


def test_a_limit_is_named_max_or_min():
    others = re.compile(r"_?(MOST|LARGEST|FEWEST|LEAST)_")
    assert {name for name in source().variables if others.match(name)} == set()


def test_the_engine_explains_its_lines():
    lines = comments = 0
    for text in modules(SOURCE / "reach"):
        lines += sum(bool(line.strip()) for line in text.splitlines())
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        comments += sum(token.type == tokenize.COMMENT for token in tokens)
    assert comments / lines >= 0.03, f"{comments} of {lines}"
