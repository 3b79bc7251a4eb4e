"""A stage imports only what stands left of it."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
ORDER = (
    "errors",
    "text",
    "documents",
    "contents",
    "structure",
    "joining",
    "orphans",
    "chunks",
    "identities",
    "llm",
    "reading",
    "evidence",
    "addends",
    "placement_options",
    "placement",
    "facts",
    "account",
    "checks",
    "corrections",
    "extraction",
    "csvs",
    "inputs",
    "runs",
    "local_model",
    "running",
    "model_run",
    "batch",
    "evaluation",
    "report",
    "terminal",
    "commands",
    "cli",
)


def stage(module: str) -> int:
    name = module.removeprefix("pipeline.").split(".")[0]
    name = "llm" if name.startswith("llm") else name
    return ORDER.index(name)


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return names


def modules() -> list[tuple[str, Path]]:
    found = []
    for path in sorted((ROOT / "pipeline").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        if name != "pipeline":
            found.append((name, path))
    return found


def test_every_import_points_to_the_left() -> None:
    wrong = [
        f"{name} imports {other}"
        for name, path in modules()
        for other in imported(path)
        if other.startswith("pipeline.") and stage(other) > stage(name)
    ]
    assert wrong == []


def test_schemas_import_nothing_of_the_pipeline() -> None:
    wrong = [
        f"{path.name} imports {other}"
        for path in (ROOT / "schemas").glob("*.py")
        for other in imported(path)
        if other.startswith(("pipeline", "prompts"))
    ]
    assert wrong == []


def test_one_door_to_the_model_packages() -> None:
    doors = {
        name
        for name, path in modules()
        if imported(path) & {"openai", "instructor", "tenacity"}
        or any(o.startswith(("openai.", "instructor.", "tenacity.")) for o in imported(path))
    }
    assert all(name.startswith("pipeline.llm") for name in doors) and doors
