"""Reads the answers of an exam out of its cells. No code of a student is run: only what is written there counts."""

import ast
import math
import operator
import re
import warnings
from collections.abc import Iterable

LONGEST = 20_000  # characters of a cell
LARGEST = 10**15
OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
ASSIGNED = re.compile(r"^answers_(\w+)\s*(?:\[.*\])?\s*=", re.M)
SHELL = re.compile(r"^[%!?].*$", re.M)  # lines for Jupyter, which are no Python
ALL = ""  # stands in place of a name where a whole cell cannot be read


class NoLiteral(ValueError):
    """Says why something is no plain value."""


Answers = dict[str, dict[str, object]]  # lesson -> name -> a value, or the NoLiteral that says why there is none


def answers_in(sources: Iterable[str]) -> Answers:
    """Return what is written into `answers_SLUG`, in all code cells. What stands later counts, as if they had run."""
    found: Answers = {}
    for source in sources:
        try:
            tree = _parsed(source)
        except NoLiteral as reason:
            found |= {slug: {ALL: reason} for slug in ASSIGNED.findall(source[:LONGEST])}
            continue
        for node in tree.body:
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                _take(node.targets[0], node.value, found)
    return found


def _parsed(source: str) -> ast.Module:
    if len(source) > LONGEST:
        raise NoLiteral("the cell is too long to be read")
    try:
        with warnings.catch_warnings(action="ignore"):  # of a backslash in a text
            return ast.parse(SHELL.sub("", source))
    except SyntaxError as error:
        raise NoLiteral(f"the cell is no Python: {error.msg}, line {error.lineno}") from None
    except (ValueError, RecursionError, MemoryError):
        raise NoLiteral("the cell cannot be read as Python") from None


def _take(target: ast.expr, value: ast.expr, found: Answers) -> None:
    """Take `answers_SLUG = {...}` or `answers_SLUG["a"] = ...`."""
    is_one = isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant)
    name = target.value if is_one else target
    if not isinstance(name, ast.Name) or not name.id.startswith("answers_"):
        return
    slug = name.id.removeprefix("answers_")
    if is_one:
        found.setdefault(slug, {})[str(target.slice.value)] = _value(value)
    elif isinstance(value, ast.Dict):
        pairs = zip(value.keys, value.values, strict=True)
        found[slug] = {key.value: _value(each) for key, each in pairs if isinstance(key, ast.Constant)}
    else:
        found[slug] = {ALL: NoLiteral(f"no dict of answers, but {_kind(value)}")}


def _value(node: ast.expr) -> object:
    try:
        return literal(node)
    except NoLiteral as reason:
        return reason
    except RecursionError:
        return NoLiteral("too deeply nested")


def literal(node: ast.expr) -> object:
    """Return the value of a number, a text, a list, a set, or of arithmetic with numbers. Raises NoLiteral."""
    match node:
        case ast.Constant() if node.value is None or node.value is ...:
            raise NoLiteral("not answered")
        case ast.Constant(value=bool() | int() | float() | str() as value):
            return value if isinstance(value, bool | str) else _sized(value)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            value = _number(node.operand)
            return -value if isinstance(node.op, ast.USub) else value
        case ast.BinOp() if type(node.op) in OPERATORS:
            return _computed(type(node.op), _number(node.left), _number(node.right))
        case ast.List() | ast.Tuple():
            return [literal(each) for each in node.elts]
        case ast.Set():
            return frozenset(_hashable(literal(each)) for each in node.elts)
    raise NoLiteral(f"no plain value, but {_kind(node)}")


def _number(node: ast.expr) -> int | float:
    value = literal(node)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NoLiteral("arithmetic with something that is no number")
    return value


def _computed(kind: type, left: int | float, right: int | float) -> int | float:
    if kind is ast.Pow and (abs(right) > 64 or abs(left) > LARGEST**0.5):
        raise NoLiteral("a power that is too large")
    try:
        return _sized(OPERATORS[kind](left, right))
    except ArithmeticError as error:
        raise NoLiteral(f"arithmetic that fails: {error}") from None


def _sized(value: object) -> int | float:
    if isinstance(value, complex) or abs(value) > LARGEST or not math.isfinite(value):
        raise NoLiteral("a number that is too large, or none")
    return value


def _hashable(value: object) -> object:
    if isinstance(value, list):
        raise NoLiteral("a list in a set")
    return value


def _kind(node: ast.expr) -> str:
    match node:
        case ast.Name():
            return f"the name `{node.id[:40]}`"
        case ast.Call():
            return "a call"
    return f"something else ({type(node).__name__})"
