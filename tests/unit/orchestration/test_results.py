"""What is read in dbt's run_results.json."""

import json

import pytest
from orchestration import results


def written(path, *found: dict):
    file = path / "run_results.json"
    file.write_text(json.dumps({"results": [{"execution_time": 0.5, **each} for each in found]}))
    return file


BUILT = {
    "unique_id": "model.azekura.fct_flight",
    "status": "success",
    "message": "OK",
    "adapter_response": {"_message": "OK", "rows_count": 842},
}
BROKEN = {
    "unique_id": "model.azekura.dim_airport",
    "status": "error",
    "message": "Binder Error:\n  no column x",
    "execution_time": 0.1,
}
FAILED = {"unique_id": "test.azekura.unique_x", "status": "fail", "message": "Got 3", "failures": 3}
SKIPPED = {"unique_id": "model.azekura.mart", "status": "skipped", "message": None}
HOOK = {"unique_id": "operation.azekura.on-run-end-0", "status": "error", "message": "no"}


def test_results_hold_rows_of_tables_and_of_tests(tmp_path) -> None:
    found = results.read(written(tmp_path, BUILT, BROKEN, FAILED))
    assert [(result.rows, result.has_failed) for result in found] == [
        (842, False),
        (None, True),
        (3, True),
    ]
    assert found[1].message == "Binder Error: no column x"
    assert results.summary(found) == (
        "1 success, 1 error, 1 fail. model.azekura.dim_airport: Binder Error: no column x;"
        " test.azekura.unique_x: Got 3"
    )


def test_the_table_begins_with_what_failed(tmp_path) -> None:
    found = results.read(written(tmp_path, BUILT, BROKEN, SKIPPED))
    assert results.table(found).splitlines() == [
        "status   rows  seconds  node",
        "error             0.10  model.azekura.dim_airport: Binder Error: no column x",
        "success   842     0.50  model.azekura.fct_flight",
        "skipped           0.50  model.azekura.mart",
    ]


@pytest.mark.parametrize(
    ("found", "can"),
    [
        ([BUILT], False),
        ([BUILT, BROKEN], True),
        ([BUILT, FAILED], True),
        ([BUILT, SKIPPED], True),
        ([BUILT, HOOK], False),
        ([], False),
    ],
)
def test_only_what_failed_or_was_skipped_can_be_retried(tmp_path, found, can) -> None:
    assert results.can_be_retried(results.read(written(tmp_path, *found))) is can


@pytest.mark.parametrize("text", [None, "", '{"results": ['])
def test_what_was_not_written_to_its_end_holds_no_results(tmp_path, text) -> None:
    file = tmp_path / "run_results.json"
    if text is not None:
        file.write_text(text)
    assert results.read(file) == []


def test_a_long_message_is_cut() -> None:
    assert results.one_line("ab " * 400, 10) == "ab ab ab …"
