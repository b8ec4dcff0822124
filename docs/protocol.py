"""Writes docs/protocol.md from `sqloop.lsp.protocol`: run it after a change there."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from sqloop import provenance
from sqloop.lsp.convert import camel
from sqloop.lsp.protocol import asking, client_options, history, names, running, states, tables

PAGE = Path(__file__).with_name("protocol.md")

HEAD = """\
# The protocol of `sqloop lsp`

Made from `server/sqloop/lsp/protocol/` by `docs/protocol.py`; a test holds them together.

Start `sqloop lsp` (a flag `--stdio` is accepted) and talk JSON-RPC over standard input and output as the
Language Server Protocol says. The server answers `initialize` before it touches a database or a model. A
request is cancelled by `$/cancelRequest`, down into the running query. Queries run read-only and under the
limits. `sqloop.lsp.client.Client` speaks all of this from Python.

Types are written as TypeScript would: `?` marks what may be left out. Unknown fields are ignored.
"""

MODULES = (names, client_options, asking, provenance, running, tables, history, states)
NAMES = {"str": "string", "int": "number", "float": "number", "bool": "boolean", "None": "null"}


def write() -> str:
    """The whole page."""
    body = [node for module in MODULES for node in ast.parse(inspect.getsource(module)).body]
    methods, types = [], []
    for node, following in zip(body, [*body[1:], None], strict=True):
        text = following.value.value if isinstance(following, ast.Expr) else ""  # type: ignore[attr-defined]
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            if isinstance(node.value.value, str):
                methods.append(f"| `{node.value.value}` | {text} |")
        elif isinstance(node, ast.Assign):
            types.append(f"/** {text} */\ntype {node.targets[0].id} = {_kind(node.value)}")  # type: ignore[attr-defined]
        elif isinstance(node, ast.ClassDef):
            types.append(_write_class(node))
    table = "\n".join(["| method or command | |", "|---|---|", *methods])
    code = "\n\n".join(types)
    return f"{HEAD}\n## Names\n\n{table}\n\n## Types\n\n```typescript\n{code}\n```\n"


def _write_class(node: ast.ClassDef) -> str:
    lines = [f"/** {ast.get_docstring(node)} */", f"interface {node.name} {{"]
    for field, text in zip(node.body[1::2], node.body[2::2], strict=True):
        assert isinstance(field, ast.AnnAssign)
        assert isinstance(field.target, ast.Name)
        mark = "?" if field.value is not None else ""
        words = " ".join(text.value.value.split())  # type: ignore[attr-defined]
        lines.append(f"  {camel(field.target.id)}{mark}: {_kind(field.annotation)};  // {words}")
    return "\n".join([*lines, "}"])


def _kind(node: ast.expr) -> str:
    match node:
        case ast.BinOp():
            return f"{_kind(node.left)} | {_kind(node.right)}".replace("number | number", "number")
        case ast.Subscript(value=ast.Name(id="tuple"), slice=ast.Tuple(elts=[element, *_])):
            inner = _kind(element)
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        case ast.Subscript(value=ast.Name(id="dict")):
            return "Record<string, string>"
        case ast.Subscript(value=ast.Name(id="Literal"), slice=inside):
            values = inside.elts if isinstance(inside, ast.Tuple) else [inside]
            return " | ".join(ast.unparse(each).replace("'", '"') for each in values)
        case _:
            name = ast.unparse(node)
            return NAMES.get(name, name)


if __name__ == "__main__":
    PAGE.write_text(write(), encoding="utf-8")
