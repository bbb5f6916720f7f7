"""The mutants of a module: its source with one place changed, each so that a check finds less.

Texts that only explain a failure (`expected`, `seen`, `why`, f-strings) are left alone, because no
verdict depends on them.
"""

from __future__ import annotations

import ast
import copy
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

EXPLAINING = frozenset({"expected", "seen", "why", "told", "remedy", "where", "what"})
"""Names under which the texts of a failure are handed over."""

_WEAKER: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_OTHER: dict[type[ast.boolop], type[ast.boolop]] = {ast.And: ast.Or, ast.Or: ast.And}

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change. `place` is the function (`Class.name`) or the constant it is in.

    `kind` is `require`, `raise`, `compare`, `bool`, `not` or `constant`; `key` stays the same as
    long as the source of the place does.
    """

    module: str
    place: str
    line: int
    kind: str
    change: str
    key: str
    node: int
    variant: int

    def __str__(self) -> str:
        path = self.module.replace(".", "/")
        return f"{path}.py:{self.line}: {self.place}: {self.kind}: {self.change}"


@dataclass(frozen=True, slots=True)
class _Variant:
    """What a node can be replaced by."""

    kind: str
    node: ast.AST


def mutants(source: str, module: str, *, kinds: frozenset[str]) -> tuple[Mutant, ...]:
    """Every mutant of some kinds, in the order of the source."""
    tree = ast.parse(source)
    return tuple(
        mutant
        for place, top in _places(tree)
        for mutant in _of_place(top, place, module)
        if mutant.kind in kinds
    )


def mutated(source: str, mutant: Mutant) -> ast.stmt:
    """The statement of the mutant's place, changed; line numbers are those of the source."""
    top = next(top for place, top in _places(ast.parse(source)) if place == mutant.place)
    return _changed(top, mutant.node, mutant.variant)


def _places(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """The functions, the methods, and the constants of a module."""
    for statement in tree.body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield statement.name, statement
            case ast.ClassDef():
                for inner in statement.body:
                    if isinstance(inner, _Function):
                        yield f"{statement.name}.{inner.name}", inner
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield name, statement


def _of_place(top: ast.stmt, place: str, module: str) -> Iterator[Mutant]:
    digest = hashlib.sha256(ast.unparse(top).encode()).hexdigest()[:12]
    for number, node in _judging(top):
        for index, variant in enumerate(_variants(node)):
            change = f"{ast.unparse(node)[:80]} -> {ast.unparse(variant.node)[:80]}"
            key = f"{module}:{place}:{digest}:{number}:{index}"
            line = getattr(node, "lineno", top.lineno)
            yield Mutant(module, place, line, variant.kind, change, key, number, index)


def _judging(top: ast.stmt) -> Iterator[tuple[int, ast.AST]]:
    """The nodes on which a verdict may depend, each with its number."""
    skipped: set[ast.AST] = set()
    for number, node in enumerate(ast.walk(top)):
        if node in skipped:
            continue
        for aside in _aside(node):
            skipped.update(ast.walk(aside))
        if node not in skipped:
            yield number, node


def _aside(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node that only explain, declare or document."""
    match node:
        case ast.keyword(arg=name) if name in EXPLAINING:
            yield node.value
        case ast.Assign(targets=[ast.Name(id=name)]) if name in EXPLAINING:
            yield node.value
        case ast.JoinedStr():
            yield node
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from (*node.decorator_list, node.args)
            if node.returns:
                yield node.returns
        case ast.AnnAssign():
            yield node.annotation


def _variants(node: ast.AST) -> Iterator[_Variant]:
    match node:
        case ast.Call(func=ast.Name(id="require"), args=[_, *_]):
            never = copy.deepcopy(node)
            never.args[0] = ast.Constant(value=True)
            yield _Variant("require", never)
        case ast.Raise(exc=ast.Call(func=ast.Name(id=name))) if _is_objection(name):
            yield _Variant("raise", ast.Pass())
        case ast.Compare(ops=[operator]) if type(operator) in _WEAKER:
            other = copy.copy(node)
            other.ops = [_WEAKER[type(operator)]()]
            yield _Variant("compare", other)
        case ast.Compare():
            yield _Variant("compare", ast.Constant(value=True))
            yield _Variant("compare", ast.Constant(value=False))
        case ast.BoolOp(op=operator):
            yield _Variant("bool", ast.BoolOp(op=_OTHER[type(operator)](), values=node.values))
        case ast.UnaryOp(op=ast.Not()):
            yield _Variant("not", node.operand)
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            yield _Variant("constant", ast.Constant(value=value + 1))
            yield _Variant("constant", ast.Constant(value=value - 1))


def _is_objection(name: str) -> bool:
    """Whether what is raised is a `Violation`, perhaps made by a function."""
    return name == "Violation" or name.lstrip("_")[0].islower()


def _changed(top: ast.stmt, number: int, variant: int) -> ast.stmt:
    found = next(node for at, node in enumerate(ast.walk(top)) if at == number)
    other = list(_variants(found))[variant].node
    ast.copy_location(other, found)

    class Replacement(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return other if node is found else super().generic_visit(node)

    changed = Replacement().visit(top)
    assert isinstance(changed, ast.stmt)
    return ast.fix_missing_locations(changed)
