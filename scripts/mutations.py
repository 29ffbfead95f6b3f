"""Small mutations of a Python module: a limit one step aside, a condition turned, a line left out.

Texts, annotations and decorators are left alone: a wrong word is no wrong answer.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

OTHER_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
OTHER_OPERATION: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
OTHER_FUNCTION = {
    "min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor",
    "minimum": "maximum", "maximum": "minimum",
}  # fmt: skip
LEFT_ALONE = {"annotation", "returns", "decorator_list", "type_params", "format_spec"}
DROPPED = (ast.Continue, ast.Break, ast.Return, ast.Raise, ast.Expr, ast.AugAssign)


@dataclass(frozen=True)
class Mutation:
    """One change; `apply` makes it in the tree that was walked."""

    line: int
    function: str
    before: str
    after: str
    apply: Callable[[], None]


def mutations(tree: ast.Module) -> Iterator[Mutation]:
    """Yield the mutations of a module, always in the same order."""
    yield from _inside(tree, "")


def _inside(node: ast.AST, function: str) -> Iterator[Mutation]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        function = f"{function}.{node.name}" if function else node.name
    for name, value in ast.iter_fields(node):
        if name in LEFT_ALONE:
            continue
        for child, put in _children(node, name, value):
            # Texts: what they contain is shown, and decides nothing.
            if isinstance(child, ast.JoinedStr) or (isinstance(node, ast.Raise) and name == "exc"):
                continue
            for after in _variants(child, node):
                yield Mutation(
                    # Parts of a comprehension have no line of their own.
                    line=next(n.lineno for n in ast.walk(child) if hasattr(n, "lineno")),
                    function=function,
                    before=_text(child),
                    after=_text(after),
                    apply=lambda put=put, after=after: put(after),
                )
            yield from _inside(child, function)


def _children(
    node: ast.AST, name: str, value: Any
) -> Iterator[tuple[ast.AST, Callable[[ast.AST], None]]]:
    """Yield the nodes of a field, each with what replaces it."""
    if isinstance(value, ast.AST):
        yield value, lambda after: setattr(node, name, after)
    elif isinstance(value, list):
        for n, child in enumerate(value):
            if isinstance(child, ast.AST):
                yield child, lambda after, n=n: value.__setitem__(n, after)


def _text(node: ast.AST) -> str:
    return ast.unparse(node).splitlines()[0] if not isinstance(node, ast.Pass) else "(left out)"


def _with(node: ast.AST, **fields: Any) -> Any:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _variants(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:
    """Yield what a node may be replaced by."""
    match node:
        case ast.Compare():
            yield from _comparisons(node)
        case ast.BoolOp():
            yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
            for n, value in enumerate(node.values):
                rest = [other for m, other in enumerate(node.values) if m != n]
                yield rest[0] if len(rest) == 1 else _with(node, values=rest)
                del value
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert()):
            yield node.operand
        case ast.BinOp() | ast.AugAssign() if type(node.op) in OTHER_OPERATION:
            if not _is_union_of_types(node):
                yield _with(node, op=OTHER_OPERATION[type(node.op)]())
        case ast.Constant(value=bool()):
            yield _with(node, value=not node.value)
        case ast.Constant(value=int() | float()):
            yield _with(node, value=node.value + 1)
            yield _with(node, value=node.value - 1)
        case ast.Name(id=name) if name in OTHER_FUNCTION and isinstance(parent, ast.Call):
            yield _with(node, id=OTHER_FUNCTION[name])
        case ast.Attribute(attr=name) if name in OTHER_FUNCTION and isinstance(parent, ast.Call):
            yield _with(node, attr=OTHER_FUNCTION[name])
        case ast.Set():
            for n in range(len(node.elts)):
                rest = node.elts[:n] + node.elts[n + 1 :]
                empty = ast.Call(ast.Name("set", ast.Load()), [], [])
                yield _with(node, elts=rest) if rest else empty
        case ast.If() | ast.IfExp() | ast.While():
            yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
        case ast.comprehension(ifs=[_, *_]):
            for n in range(len(node.ifs)):
                yield _with(node, ifs=node.ifs[:n] + node.ifs[n + 1 :])
    if isinstance(node, DROPPED) and _may_be_dropped(node, parent):
        yield ast.Pass()


def _comparisons(node: ast.Compare) -> Iterator[ast.AST]:
    for n, op in enumerate(node.ops):
        for other in OTHER_COMPARISONS[type(op)]:
            yield _with(node, ops=[*node.ops[:n], other(), *node.ops[n + 1 :]])
    last = node.comparators[-1]
    if isinstance(node.ops[-1], ast.In | ast.NotIn) and isinstance(last, ast.Tuple | ast.List):
        for n in range(len(last.elts)):
            rest = _with(last, elts=last.elts[:n] + last.elts[n + 1 :])
            yield _with(node, comparators=[*node.comparators[:-1], rest])


def _is_union_of_types(node: ast.BinOp | ast.AugAssign) -> bool:
    """Return whether the operation is `A | B` of two types."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.BitOr):
        return False
    last = node.right.attr if isinstance(node.right, ast.Attribute) else ast.unparse(node.right)
    return last[:1].isupper() or last in ("None", "int", "float", "str", "bool", "list", "dict")


def _may_be_dropped(node: ast.AST, parent: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call)
    # The last return of a function: without it, each call returns None, which any test sees.
    return not (isinstance(node, ast.Return) and isinstance(parent, ast.FunctionDef))
