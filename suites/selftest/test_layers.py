"""The arrows between the packages, and the sizes that keep the tree liveable."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PURE = (
    "model",
    "errors",
    "dns_message",
    "verdicts",
    "waivers",
    "comparison",
    "pseudonyms",
    "repetition",
    "reproduction",
    "sameness",
    "settings",
    "sharing",
    "discovery",
    "lookup",
    "regrep",
    "freshness",
    "signature",
    "jades",
    "protected_header",
    "chain",
    "levels",
    "requirements",
    "checks",
    "master_tokens",
    "master_generate",
    "master_file",
    "zone_data",
    "zone_entries",
    "zone_proofs",
    "authority",
    "zone_evidence",
    "sources",
    "redaction",
    "breaker",
    "http_octets",
    "plan_words",
)
OUTSIDE = {
    "socket",
    "ssl",
    "asyncio",
    "httpx",
    "httpcore",
    "sqlite3",
    "subprocess",
    "time",
    "random",
}


def modules(package: str) -> list[Path]:
    return sorted(path for path in (ROOT / package).rglob("*.py"))


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    return names | {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
    }


def packages(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}


@pytest.mark.parametrize("path", modules("harness"), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_judge_knows_neither_the_suites_nor_the_judged(path: Path) -> None:
    assert not packages(path) & {"suites", "mock_services", "dnslib", "respx", "trustme"}


@pytest.mark.parametrize("path", modules("mock_services"), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_judged_share_only_nouns_with_the_judge(path: Path) -> None:
    shared = {name for name in imports(path) if name.partition(".")[0] == "harness"}

    assert shared <= {"harness.model"}
    assert not packages(path) & {"suites", "lxml", "dns"}


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_touches_nothing_outside(name: str) -> None:
    assert not packages(ROOT / "harness" / f"{name}.py") & OUTSIDE


@pytest.mark.parametrize("package", ["harness/subjects", "harness/reports", "harness/desk"])
def test_what_lies_between_opens_no_socket(package: str) -> None:
    for path in modules(package):
        assert not packages(path) & {"socket", "ssl", "httpx", "sqlite3"}, path


@pytest.mark.parametrize("package", ["harness", "mock_services", "suites"])
def test_no_module_grows_beyond_four_hundred_lines(package: str) -> None:
    sizes = {path: len(path.read_text("utf-8").splitlines()) for path in modules(package)}

    assert {path: size for path, size in sizes.items() if size > 400} == {}


@pytest.mark.parametrize("package", ["harness", "mock_services", "suites"])
def test_nothing_is_called_after_its_shapelessness(package: str) -> None:
    named = {
        node.name
        for path in modules(package)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    }

    assert not {name for name in named if name.endswith(("Manager", "Helper", "Utils", "Handler"))}
