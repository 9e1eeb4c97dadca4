"""Python syntax trees from templates. A template is a constant text of this package; everything that comes from a policy takes
its place as a tree (a constant, a name), never as text."""

from __future__ import annotations

import ast
from typing import Any, TypeAlias

__all__ = ["constant", "expression", "function", "name", "statements"]


Hole: TypeAlias = ast.expr | str | list[ast.stmt]


def statements(template: str, **holes: Hole) -> list[ast.stmt]:
    """The statements of ``template``, each name that is a key of ``holes`` replaced: by a tree, or (a ``str``) by that name.

    A name that stands alone as a statement can be replaced by a list of statements.
    """
    filled = _Fill(holes).visit(ast.parse(template))
    assert isinstance(filled, ast.Module)
    return filled.body


def expression(template: str, **holes: Hole) -> ast.expr:
    """As :func:`statements`, for one expression."""
    (statement,) = statements(template, **holes)
    assert isinstance(statement, ast.Expr)
    return statement.value


def name(identifier: str) -> ast.expr:
    """The variable ``identifier``."""
    return ast.Name(identifier, ast.Load())


def constant(value: Any) -> ast.expr:
    """``value`` as a constant."""
    return ast.Constant(value)


def function(header: str, body: list[ast.stmt], namespace: dict[str, Any], file: str) -> Any:
    """The function that ``header`` (a template: ``def name(...): pass``) declares, with ``body``, in ``namespace``."""
    (declared,) = statements(header)
    assert isinstance(declared, ast.FunctionDef)
    declared.body = body
    module = ast.fix_missing_locations(ast.Module([declared], []))
    exec(compile(module, file, "exec"), namespace)
    return namespace[declared.name]


class _Fill(ast.NodeTransformer):
    def __init__(self, holes: dict[str, Hole]) -> None:
        self._holes = holes

    def visit_Expr(self, node: ast.Expr) -> ast.stmt | list[ast.stmt]:
        filled = self._holes.get(node.value.id) if isinstance(node.value, ast.Name) else None
        if isinstance(filled, list):
            return filled
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        filled = self._holes.get(node.id)
        if filled is None:
            return node
        if isinstance(filled, str):
            return ast.Name(filled, node.ctx)
        assert isinstance(filled, ast.expr)
        return filled
