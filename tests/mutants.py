"""Makes wrong answers out of a right one: the solution with one thing changed, as a tired student would change it.

    python -m tests.mutants SHEET [EXERCISE]

prints those of a sheet. We change the syntax tree ourselves: the mutation libraries that we looked at (mutmut,
cosmic-ray) run whole test suites on files, and know few of the slips below.
"""

import ast
import copy
import difflib
import re
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field

TURNED = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
SIGNS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.MatMult: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Mod: ast.FloorDiv,
}
OTHER_NAMES = {
    **{"min": "max", "max": "min", "argmin": "argmax", "argmax": "argmin", "any": "all", "all": "any"},
    **{
        "mean": "sum",
        "sum": "mean",
        "sorted": "list",
        "eval": "train",
        "train": "eval",
        "floor": "ceil",
        "ceil": "floor",
    },
    **{"append": "extend", "cpu": "detach", "softmax": "log_softmax", "abs": "float"},
}
FIRST = "_first_seen"  # a helper that the judge puts into the namespace: remembers the first value under a key
SPOIL = "_spoil"  # another one: changes an argument in place
IGNORED, CHANGED, FROZEN = "argument ignored", "input changed", "size hard-coded"


@dataclass(frozen=True)
class Mutant:
    """A wrong answer: what was done, its code, and the changed lines as a diff shows them."""

    kind: str
    code: str
    change: str


@dataclass
class Maker:
    """Makes all mutants of one piece of code."""

    tree: ast.Module
    made: dict[str, Mutant] = field(default_factory=dict)

    def add(self, kind: str, change: Callable[[ast.Module], None], words: str = "") -> None:
        """Add a copy of the tree with a change, unless it changes nothing or is there already."""
        tree = copy.deepcopy(self.tree)
        change(tree)
        code = ast.unparse(ast.fix_missing_locations(tree))
        whole = ast.unparse(self.tree)
        if code != whole and code not in self.made:
            self.made[code] = Mutant(kind, code, words or difference(whole, code))


def mutants(code: str) -> list[Mutant]:
    """Return the mutants of the solution in a cell, each once. Lines that only show something are left out first."""
    tree = ast.parse(solution_in(code))
    tree.body = [node for node in tree.body if not isinstance(node, ast.Expr | ast.Assert)]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
    maker = Maker(tree)
    for at, node in enumerate(ast.walk(tree)):
        for kind, change in changes(node):
            maker.add(kind, lambda other, at=at, change=change: change(nth(other, at)))
    for at, node in enumerate(tree.body):
        if isinstance(node, ast.FunctionDef):
            for kind, change, words in of_function(node):
                maker.add(kind, lambda other, at=at, change=change: change(other.body[at]), words)
    return list(maker.made.values())


def solution_in(code: str) -> str:
    """Return what stands between nbgrader's marks; the whole cell where they stand in a function, or are not there."""
    found = re.search(r"^### BEGIN SOLUTION\n(.*?)\n### END SOLUTION", code, re.S | re.M)
    return found[1] if found else re.sub(r"^ *### (BEGIN|END) SOLUTION\n", "", code, flags=re.M)


def difference(before: str, after: str) -> str:
    """Return the lines that differ, those before with `-`, those after with `+`."""
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return "\n".join(f"{line[0]} {line[2:].strip()}" for line in lines if line[0] in "+-")


def nth(tree: ast.Module, at: int) -> ast.AST:
    """Return the node with this number in the order of `ast.walk`."""
    return next(node for number, node in enumerate(ast.walk(tree)) if number == at)


def changes(node: ast.AST) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    """Yield (kind, change) for what can go wrong in one place."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in TURNED:
        for other in TURNED[type(node.ops[0])]:
            yield "comparison", lambda n, other=other: n.ops.__setitem__(0, other())
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in SIGNS:
        yield "sign", lambda n: setattr(n, "op", SIGNS[type(n.op)]())
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv):
        yield "swapped", _swap_sides
    if isinstance(node, ast.BoolOp):
        yield "and/or", lambda n: setattr(n, "op", ast.Or() if isinstance(n.op, ast.And) else ast.And())
    if isinstance(node, ast.UnaryOp):
        yield "sign", lambda n: setattr(n, "op", ast.UAdd() if isinstance(n.op, ast.USub) else n.op)
    if isinstance(node, ast.IfExp):
        yield "swapped", _swap_branches
    if isinstance(node, ast.Constant):
        yield from _of_constant(node)
    if isinstance(node, ast.Call):
        yield from _of_call(node)
    if isinstance(node, ast.Attribute | ast.Name) and _named(node) in OTHER_NAMES:
        yield "other function", _rename
    if isinstance(node, ast.Dict):
        yield from _of_dict(node)
    if isinstance(node, ast.List | ast.Tuple) and len(node.elts) > 1 and isinstance(node.ctx, ast.Load):
        yield "swapped", lambda n: n.elts.reverse()
    if isinstance(node, ast.comprehension) and node.ifs:
        yield "condition dropped", lambda n: n.ifs.clear()
    if isinstance(node, ast.Slice):
        yield from _of_slice(node)
    yield from _of_body(node)


def _of_constant(node: ast.Constant):
    if isinstance(node.value, bool):
        yield "constant", lambda n: setattr(n, "value", not n.value)
    elif isinstance(node.value, int | float):
        yield "off by one", lambda n: setattr(n, "value", n.value + 1)
        yield "off by one", lambda n: setattr(n, "value", n.value - 1)
        if node.value not in (0, 1):
            yield "constant", lambda n: setattr(n, "value", n.value * 2)
    elif isinstance(node.value, str) and node.value:
        yield "constant", lambda n: setattr(n, "value", n.value + "x")


def _of_call(node: ast.Call):
    if len(node.args) >= 2 and not any(isinstance(each, ast.Starred) for each in node.args[:2]):
        yield "arguments swapped", lambda n: n.args.__setitem__(slice(0, 2), [n.args[1], n.args[0]])
    for at, keyword in enumerate(node.keywords):
        yield "argument dropped", lambda n, at=at: n.keywords.pop(at)
        if keyword.arg in ("dim", "axis") and isinstance(keyword.value, ast.Constant | ast.UnaryOp):
            for axis in (0, 1):
                yield "axis", lambda n, at=at, axis=axis: setattr(n.keywords[at], "value", ast.Constant(axis))
    if _named(node.func) == "len":
        yield FROZEN, _freeze


def _of_dict(node: ast.Dict):
    for at in range(len(node.values)):
        other = (at + 1) % len(node.values)
        if other != at:
            yield "swapped", lambda n, at=at, other=other: _exchange(n.values, at, other)
        yield "entry dropped", lambda n, at=at: (n.keys.pop(at), n.values.pop(at))


def _of_slice(node: ast.Slice):
    for end in ("lower", "upper"):
        if getattr(node, end) is not None:
            yield "slice", lambda n, end=end: setattr(n, end, None)


def _of_body(node: ast.AST):
    for part in ("body", "orelse"):
        body = getattr(node, part, None)
        if not isinstance(body, list):
            continue
        for at, line in enumerate(body):
            if isinstance(line, ast.Expr | ast.Assign | ast.AugAssign | ast.If | ast.For | ast.With) and not isinstance(
                node, ast.Module
            ):
                yield "dropped", lambda n, at=at, part=part: getattr(n, part).__setitem__(at, ast.Pass())
            if isinstance(line, ast.With | ast.If):
                yield "header dropped", lambda n, at=at, part=part: _unwrap(getattr(n, part), at)
            if isinstance(line, ast.For) and at + 1 < len(body) and isinstance(body[-1], ast.Return):
                yield "return in the loop", lambda n, at=at, part=part: _into(getattr(n, part), at)
        if len(body) > 1 and not isinstance(node, ast.Module):
            for at in range(len(body) - 1):
                if not isinstance(body[at + 1], ast.Return):
                    yield "order of lines", lambda n, at=at, part=part: _exchange(getattr(n, part), at, at + 1)


def of_function(node: ast.FunctionDef) -> Iterator[tuple[str, Callable[[ast.FunctionDef], None], str]]:
    """Yield (kind, change, words) for a whole function: arguments ignored or changed in place, no return."""
    for argument in [each.arg for each in node.args.args]:
        frozen = f"{argument} = {FIRST}({argument!r}, {argument})"
        words = f"+ {node.name} takes the first `{argument}` that it has ever got"
        yield IGNORED, lambda n, line=frozen: n.body.insert(0, ast.parse(line).body[0]), words
        words = f"+ {node.name} changes `{argument}` in place, when its work is done"
        yield CHANGED, lambda n, argument=argument: _spoil_after(n, argument), words
    yield "no return", lambda n: _replace(n.body, len(n.body) - 1, [ast.Pass()]), ""


def _spoil_after(node: ast.FunctionDef, argument: str) -> None:
    spoiled = ast.parse(f"{SPOIL}({argument})").body
    node.body = [ast.Try(body=node.body, handlers=[], orelse=[], finalbody=spoiled)]


def _freeze(node: ast.Call) -> None:
    whole = ast.unparse(node)
    frozen = ast.parse(f"{FIRST}({whole!r}, {whole})", mode="eval").body
    node.func, node.args, node.keywords = frozen.func, frozen.args, []


def _named(node: ast.AST) -> str:
    return getattr(node, "attr", getattr(node, "id", ""))


def _rename(node: ast.AST) -> None:
    setattr(node, "attr" if isinstance(node, ast.Attribute) else "id", OTHER_NAMES[_named(node)])


def _swap_sides(node: ast.BinOp) -> None:
    node.left, node.right = node.right, node.left


def _swap_branches(node: ast.IfExp) -> None:
    node.body, node.orelse = node.orelse, node.body


def _exchange(items: list, at: int, other: int) -> None:
    items[at], items[other] = items[other], items[at]


def _replace(body: list, at: int, lines: list) -> None:
    body[at : at + 1] = lines


def _unwrap(body: list, at: int) -> None:
    _replace(body, at, body[at].body)


def _into(body: list, at: int) -> None:
    body[at].body.append(copy.deepcopy(body[-1]))


class FirstSeen:
    """What stands for FIRST: keeps the first value under a key, and returns it for ever."""

    def __init__(self):
        self.seen: dict[str, object] = {}

    def __call__(self, key: str, value: object) -> object:
        if key not in self.seen:
            try:
                self.seen[key] = copy.deepcopy(value)
            except Exception:  # a generator, say
                self.seen[key] = value
        return self.seen[key]


class Spoil:
    """What stands for SPOIL: changes a value in place, where it can be. `done` tells whether it ever could."""

    done = False

    def __call__(self, value: object) -> None:
        if hasattr(value, "named_parameters"):
            value.train(not value.training)
        elif isinstance(value, MutableMapping) and len(value):
            value.pop(next(iter(value)))
        elif isinstance(value, list) and value:
            value.pop()
        elif hasattr(value, "shape") and hasattr(value, "dtype") and not hasattr(value, "column_names"):
            value[...] = value[...] * 0 - 1
        else:
            return
        self.done = True


def main() -> None:
    """Print the mutants of a sheet's solutions."""
    import sys

    from course_tools.building.render import render
    from course_tools.project import find_scripts

    _, [sheet] = find_scripts([sys.argv[1]])
    for cell in render(sheet).cells:
        if "answer" in cell.metadata and cell.metadata.answer in (sys.argv[2:] or [cell.metadata.answer]):
            made = mutants(cell.source)
            print(f"== {cell.metadata.answer}: {len(made)}")
            for mutant in made:
                print(f"[{mutant.kind}]\n{mutant.change}")


if __name__ == "__main__":
    main()
