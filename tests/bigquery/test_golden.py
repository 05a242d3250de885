"""The golden BigQuery SQL: it is what the project renders to, and it is complete.

That BigQuery would take it, GoogleSQL says: test_analyzer.
"""

import difflib
import re
from pathlib import Path

from parity import gaps

HERE = Path(__file__).parent
CASES = HERE / "cases"
GOLDEN = HERE / "golden"


def test_golden_files_are_what_the_project_renders_to(rendered, request):
    if request.config.getoption("--write-golden", default=False):
        _write(rendered.files)
    differences = [
        line
        for path, sql in sorted(rendered.files.items())
        for line in difflib.unified_diff(
            _text(GOLDEN / path).splitlines(),
            sql.splitlines(),
            f"golden/{path}",
            f"rendered/{path}",
            lineterm="",
        )
    ]
    assert not differences, "review, then run `make golden`:\n" + "\n".join(differences)


def test_no_golden_file_is_stale(rendered):
    assert sorted(_golden_files() - rendered.files.keys()) == []


def test_every_macro_with_a_bigquery_side_has_a_case(rendered):
    called = {
        case.parent.name
        for case in CASES.glob("*/*.sql")
        if re.search(rf"\b(bigquery__)?{case.parent.name}\(", case.read_text())
    }
    assert rendered.sides
    assert sorted(rendered.sides - called) == sorted(gaps.NO_SQL)


def test_parsing_for_bigquery_gives_no_warning(rendered):
    assert rendered.warnings == []


def _golden_files() -> set[Path]:
    return {path.relative_to(GOLDEN) for path in GOLDEN.rglob("*.sql")}


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _write(files: dict[Path, str]) -> None:
    """Make golden/ hold these files and no others."""
    for path in _golden_files() - files.keys():
        (GOLDEN / path).unlink()
    for path, sql in files.items():
        (GOLDEN / path).parent.mkdir(parents=True, exist_ok=True)
        (GOLDEN / path).write_text(sql)
