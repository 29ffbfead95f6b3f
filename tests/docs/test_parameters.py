"""No function asks for more than eight parameters: what belongs together is given as one value."""

import ast
from collections.abc import Iterator
from pathlib import Path

import traitdunion

ROOT = Path(traitdunion.__file__).parent
MAX_PARAMETERS = 8
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

COMMANDS = {
    "web/management/commands/answer.py": {"ask": 13, "handle": 18},
    "web/management/commands/journeys.py": {"handle": 13},
    "web/management/commands/matrix.py": {"handle": 9},
    "web/management/commands/setup.py": {"handle": 12},
    "web/management/commands/shift.py": {"handle": 13},
}
"""Each parameter is an option of a command: the signature is its help, and declares its types."""

COMPILED = {
    "reach/kernels.py": {
        "fill_times": 12,
        "pairs_within": 11,
        "profile": 14,
        "scan_route_in_round": 9,
        "search": 10,
        "search_each": 11,
    },
    "reach/pareto_kernels.py": {"add": 10, "relax_transfers": 9, "scan_route": 10},
    "reach/site_weeks/kernels.py": {"search_jobs": 14},
    "reach/site_weeks/view_kernels.py": {"hours_of_chain": 9, "lay_chain": 12, "runs_within": 11},
    "reach/streets/kernels.py": {
        "collect_on_edge": 11,
        "look_in_cell": 10,
        "nearest": 9,
        "nearest_of_each": 12,
    },
    "reach/window_kernels.py": {"relax_transfers": 10, "window_percentile": 14},
}
"""Compiled loops take each array by its name: gathered, every call would take the tuple apart."""


def longer(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the functions of a file that ask for more than eight values, with how many."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, FUNCTIONS):
            given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            n = sum(argument.arg not in ("self", "cls") for argument in given)
            if n > MAX_PARAMETERS:
                yield node.name, n


def is_compiled(path: Path, name: str) -> bool:
    """Return whether a function is compiled by numba."""
    tree = ast.parse(path.read_text("utf-8"))
    (node,) = (n for n in ast.walk(tree) if isinstance(n, FUNCTIONS) and n.name == name)
    return any("jit" in ast.unparse(decorator) for decorator in node.decorator_list)


def test_no_function_asks_for_more_than_eight_parameters():
    """The lists above only get shorter: a function that asks for fewer is taken out of them."""
    counted = {
        path.relative_to(ROOT).as_posix(): dict(longer(path))
        for path in sorted(ROOT.rglob("*.py"))
        if "migrations" not in path.parts
    }
    assert {name: each for name, each in counted.items() if each} == COMMANDS | COMPILED


def test_what_is_allowed_is_a_command_or_compiled():
    assert all(name.startswith("web/management/commands/") for name in COMMANDS)
    assert all(is_compiled(ROOT / file, name) for file, names in COMPILED.items() for name in names)


def test_parameters_are_counted_but_for_self(tmp_path):
    path = tmp_path / "x.py"
    path.write_text("class A:\n def f(self, a, b, c, d, e, f, g, h): ...\n"
                    " def g(self, a, b, /, c, d, e, *, f, g, h, i=1): ...\n")  # fmt: skip
    assert list(longer(path)) == [("g", 9)]
