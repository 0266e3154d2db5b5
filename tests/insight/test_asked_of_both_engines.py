"""Whatever insight asks of tables is asked of DuckDB and of Spark: read from the sources, so that it costs nothing."""

import ast
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parents[1] / "src"
INSIGHT = SOURCE / "regulars" / "insight"
ON_SPARK = sorted(HERE.glob("test_*on_spark.py"))
TABLES = ("ir.Table", "Facts", "Engine")
# These only put together what is asked by itself.
LEFT_OUT = {
    "backtest.outlook.outlook",
    "backtest.run.backtest",
    "backtest.run.tried",
    "changes.changes",
    "summary.summarise_again",
}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts)


def known_names(tree: ast.Module, module: str) -> dict[str, str]:
    """What a file calls by which whole name: what it imports from regulars and what it defines."""
    found = {node.name: f"{module}.{node.name}" for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("regulars"):
            found |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return found


def called(node: ast.AST, names: dict[str, str]) -> set[str]:
    """The whole names of what is called or handed on inside."""
    plain = {names[one.id] for one in ast.walk(node) if isinstance(one, ast.Name) and one.id in names}
    dotted = {
        f"{names[one.value.id]}.{one.attr}"
        for one in ast.walk(node)
        if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id in names
    }
    return plain | dotted


def test_every_question_of_tables_is_asked_of_both_engines():
    calls: dict[str, set[str]] = {}
    questions = set()
    for path in INSIGHT.rglob("*.py"):
        tree, module = ast.parse(path.read_text(encoding="utf-8")), module_of(path)
        for node in [one for one in tree.body if isinstance(one, ast.FunctionDef)]:
            calls[f"{module}.{node.name}"] = called(node, known_names(tree, module))
            if not node.name.startswith("_") and any(table in ast.unparse(node.args) for table in TABLES):
                questions.add(f"{module}.{node.name}")
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in ON_SPARK]
    waiting, reached = set().union(*(called(tree, known_names(tree, "tests")) for tree in trees)), set()
    while waiting:
        reached |= waiting
        waiting = set().union(*(calls.get(name, set()) for name in waiting)) - reached
    left_out = {f"regulars.insight.{name}" for name in LEFT_OUT}
    assert sorted(left_out - questions) == []
    assert sorted(questions - reached - left_out) == []
