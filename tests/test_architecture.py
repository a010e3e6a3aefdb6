"""The shape of the code is a test: what may import what, and what a page may never contain."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from readiness.core.people import Role

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "readiness"
FILES = sorted(PACKAGE.rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
WEB = [path for path in FILES if path.relative_to(PACKAGE).parts[0] == "web"]
DOMAIN = [path for path in FILES if path.relative_to(PACKAGE).parts[0] == "domain"]

BELOW_USE_CASES = {"domain", "access", "store", "documents", "intake", "engines", "instruments"}
FRAMEWORK = {"flask", "flask_wtf", "wtforms", "werkzeug", "itsdangerous", "markupsafe", "jinja2"}

# For each part of the program: the parts and the libraries it may import. Neighbours do not
# know each other, and a new part has to be placed here before it may import anything.
PARTS: dict[str, tuple[set[str], set[str]]] = {
    "domain": (set(), set()),
    "access": ({"domain"}, set()),
    "settings": ({"domain"}, set()),
    "figures": ({"domain"}, set()),
    "store": ({"domain"}, {"sqlite_utils"}),
    "instruments": ({"domain"}, {"yaml"}),
    "intake": ({"domain"}, {"msgspec", "openpyxl"}),
    "engines": ({"domain"}, {"argon2", "duckdb", "highspy", "numpy", "sqlglot", "zxcvbn"}),
    "documents": (
        {"domain", "figures"},
        {"weasyprint", "pebble", "xlsxwriter", "jinja2", "markupsafe", "flask_bootstrap"},
    ),
    "usecases": (BELOW_USE_CASES | {"figures"}, set()),
    "demo": (BELOW_USE_CASES | {"usecases"}, set()),
    "web": (BELOW_USE_CASES | {"figures", "usecases", "settings"}, FRAMEWORK | {"flask_bootstrap"}),
    "cli": (BELOW_USE_CASES | {"usecases", "settings", "demo"}, {"flask", "click"}),
}

# The only places where pure code may lean on a numerical library.
NUMERICAL = {
    "domain/incentives/arrays.py",
    "domain/incentives/drawing.py",
    "domain/incentives/ground.py",
    "domain/incentives/laid.py",
    "domain/incentives/rules.py",
    "domain/incentives/simulate.py",
    "domain/incentives/slices.py",
    "domain/incentives/terms.py",
    "domain/incentives/truth.py",
    "domain/incentives/urns.py",
    "domain/statistics/beta_binomial.py",
    "domain/statistics/bootstrap.py",
    "domain/statistics/composites.py",
    "domain/statistics/rates.py",
    "domain/statistics/regression.py",
    "domain/statistics/testing.py",
    "domain/plans/simulation.py",
}

# What makes an answer depend on when, where or by what luck it was asked for.
IMPURE_CALLS = {"open", "input", "print", "now", "utcnow", "today", "time", "monotonic", "uuid4"}
IMPURE_MODULES = {
    "os", "io", "time", "secrets", "socket", "sqlite3", "subprocess", "threading", "uuid",
    "urllib", "tempfile", "shutil", "logging",
}  # fmt: skip

INLINE = re.compile(r"<[^>]*\s(style|on[a-z]+)\s*=|<style|<script(?![^>]*\ssrc=)", re.IGNORECASE)
TAGS = re.compile(r"{[{%].*?[%}]}", re.DOTALL)
ELSEWHERE = re.compile(r"""\b(src|href|action)\s*=\s*["']?(https?:)?//""", re.IGNORECASE)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def foreign(path: Path) -> set[str]:
    numerical = {"numpy", "scipy"} if str(path.relative_to(PACKAGE)) in NUMERICAL else set()
    return PARTS[part_of(path)][1] | numerical


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_point_down(path):
    part = part_of(path)
    if part == "__init__":
        assert not list(imports(ast.parse(path.read_text(encoding="utf-8"))))
        return
    assert part in PARTS, f"say in PARTS what {part} may import"
    for name in imports(ast.parse(path.read_text(encoding="utf-8"))):
        top, *rest = name.split(".")
        if top == "readiness":
            assert rest[0] in PARTS[part][0] | {part}, f"{part} may not import {name}"
        else:
            assert top in sys.stdlib_module_names | foreign(path), f"{part} may not import {top}"


def test_no_two_parts_import_each_other():
    both = [(a, b) for a in PARTS for b in PARTS if a in PARTS[b][0] and b in PARTS[a][0]]
    assert both == []


@pytest.mark.parametrize("path", DOMAIN, ids=name_of)
def test_the_domain_asks_neither_clock_nor_file_nor_luck(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    used = {name.split(".")[0] for name in imports(tree)} & IMPURE_MODULES
    assert not used, f"the domain may not use {used}"
    assert not list(impure_calls(tree))


def impure_calls(tree: ast.AST) -> Iterator[str]:
    """Calls such as datetime.now(), open() or random.shuffle(); random.Random(seed) is pure."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        written = ast.unparse(node.func)
        owner, _, called = written.rpartition(".")
        is_luck = owner in ("random", "np.random", "numpy.random") and called != "Random"
        is_seeded = called == "default_rng" and bool(node.args)
        is_plain = owner in ("", "datetime", "date", "datetime.datetime", "time", "uuid")
        if (is_luck and not is_seeded) or (is_plain and called in IMPURE_CALLS):
            yield f"line {node.lineno}: {written}"


@pytest.mark.parametrize(
    "code",
    ["datetime.now(UTC)", "open('x')", "random.shuffle(x)", "np.random.default_rng()", "uuid4()"],
)
def test_an_impure_call_is_noticed(code):
    assert list(impure_calls(ast.parse(code)))


@pytest.mark.parametrize("code", ["random.Random(7)", "np.random.default_rng(7)", "self.time()"])
def test_a_pure_call_is_let_through(code):
    assert not list(impure_calls(ast.parse(code)))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_holds_nothing_our_content_policy_would_stop(path):
    html = path.read_text(encoding="utf-8")
    if path.is_relative_to(ROOT / "templates" / "documents"):
        html = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)  # print is not a page
    assert not INLINE.search(html), INLINE.search(html)
    assert not ELSEWHERE.search(html), ELSEWHERE.search(html)


@pytest.mark.parametrize(
    "html",
    ['<p style="x">', "<a onclick=x()>", "<style>", "<script>", '<svg\n  style="fill: red">'],
)
def test_what_the_content_policy_would_stop_is_noticed(html):
    assert INLINE.search(html)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_decides_nothing_by_role(path):
    code = " ".join(TAGS.findall(path.read_text(encoding="utf-8")))
    assert "actor.role" not in code
    quoted = [str(role) for role in Role if re.search(rf"""["']{role}["']""", code)]
    assert not quoted, f"{quoted}: ask what a person may do, not who they are"


@pytest.mark.parametrize("path", WEB, ids=name_of)
def test_a_page_decides_nothing_by_role(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            written = ast.unparse(node)
            assert not written.startswith("Role."), f"line {node.lineno}: {written}"
            assert not written.endswith("actor.role"), f"line {node.lineno}: {written}"
        elif isinstance(node, ast.Constant):
            assert node.value not in list(Role), f"line {node.lineno}: {node.value!r}"
