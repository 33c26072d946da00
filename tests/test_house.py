"""The house rules that a machine can hold."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL

from leads.models.status import MOVES, LeadStatus

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    path
    for folder in ("leads", "portal")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
OURS = ("leads", "portal")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

# A status among what an UPDATE sets, before its FROM or WHERE.
WRITES_STATUS = re.compile(
    r"UPDATE leads_lead\b.*?\bSET\b(?:(?!\bFROM\b|\bWHERE\b).)*\bstatus\b", re.DOTALL
)


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in MODULES:
        yield path.relative_to(ROOT), ast.parse(path.read_text())


def functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, FUNCTIONS):
                yield path, node, (node.end_lineno or 0) - node.lineno + 1


def test_no_module_is_longer_than_300_lines() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in MODULES}
    assert {path: lines for path, lines in lengths.items() if lines > 300} == {}
    assert statistics.median(lines for lines in lengths.values() if lines) <= 130


def test_no_function_is_longer_than_60_lines_and_most_are_short() -> None:
    long = {f"{path}:{node.name}": lines for path, node, lines in functions() if lines > 60}
    assert long == {}
    assert statistics.mean(lines for _, _, lines in functions()) <= 14


def test_no_module_of_ours_is_imported_inside_a_function() -> None:
    hidden = [
        f"{path}:{inner.lineno}"
        for path, node, _ in functions()
        for inner in ast.walk(node)
        if (isinstance(inner, ast.ImportFrom) and (inner.module or "").startswith(OURS))
        or (isinstance(inner, ast.Import) and inner.names[0].name.startswith(OURS))
    ]
    assert hidden == []


def root_name(node: ast.expr) -> str:
    """The name on which a chain such as `Lead.objects.filter(…).update` hangs."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def test_only_lifecycle_writes_the_status_of_a_lead() -> None:
    writers = []
    for path, tree in trees():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            words = {keyword.arg for keyword in node.keywords}
            on_leads = root_name(node.func) in {"Lead", "lead", "leads", "chosen"}
            if node.func.attr == "update" and "status" in words and on_leads:
                writers.append(str(path))
        if re.search(r"\b(lead|self)\.status\s*=[^=]", ast.unparse(tree)):
            writers.append(str(path))
        if WRITES_STATUS.search(ast.unparse(tree)):
            writers.append(str(path))
    assert set(writers) <= {"leads/lifecycle.py"}


def test_no_file_is_called_utils_or_helpers() -> None:
    names = {path.stem for path in MODULES}
    assert names & {"utils", "util", "helpers", "helper", "common", "misc"} == set()


def test_every_module_with_code_has_a_docstring() -> None:
    assert [str(path) for path, tree in trees() if tree.body and not ast.get_docstring(tree)] == []


def test_the_table_in_the_docs_is_the_table_of_moves() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    rows = re.findall(r"^\| (\w+) \| ([^|]+) \| ([\w, ]+) \|$", text, re.MULTILINE)
    documented = {
        name: (means, set(targets.split(", ")))
        for name, means, targets in rows
        if name in LeadStatus.values
    }
    assert documented == {
        status.value: (status.means, {target.value for target in targets})
        for status, targets in MOVES.items()
    }


def test_every_status_has_a_label_a_colour_and_a_meaning() -> None:
    assert set(MOVES) == set(LeadStatus)
    assert all(status.label and status.colour and status.means for status in LeadStatus)


@pytest.mark.parametrize(
    "command", sorted(name for name, app in get_commands().items() if app in OURS)
)
def test_every_command_says_what_it_does(command: str) -> None:
    app = get_commands()[command]
    assert len(load_command_class(str(app), command).help) > 60


def test_migrations_are_one_line_and_each_can_be_reversed() -> None:
    loader = MigrationLoader(None)
    ours = {key: node for key, node in loader.disk_migrations.items() if key[0] == "leads"}
    assert len([key for key in loader.graph.leaf_nodes() if key[0] == "leads"]) == 1
    parents = [parent for node in ours.values() for parent in node.dependencies]
    within = [parent for parent in parents if parent[0] == "leads"]
    assert len(within) == len(set(within)) == len(ours) - 1
    for key, node in ours.items():
        for operation in node.operations:
            if isinstance(operation, RunPython | RunSQL):
                assert operation.reversible, key
