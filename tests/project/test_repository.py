"""What may not be in the repository, and what must be findable in it (P2, P4)."""

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from pathspec import GitIgnoreSpec

# reading these formats can run code
CODE_FORMATS = {
    "pickle",
    "cPickle",
    "_pickle",
    "cloudpickle",
    "dill",
    "joblib",
    "marshal",
    "shelve",
}
MACHINE_PATHS = re.compile(
    r"(?<![\w.:}/*-])/(?:home|root|Users|mnt|opt|work|tmp|var)/\w[^\s'\"`)]*"
)
INDEXES = re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com")
URLS = re.compile(r"https?://\S+|--(?:index-url|extra-index-url|find-links)\b")
SECRETS = re.compile(
    r"password|passphrase|secret|token|api_?key|private_?key|keyfile", re.IGNORECASE
)


def imported_modules(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def import_problems(path: str, source: str) -> list[str]:
    return [
        f"{path} imports {module}: loading its files can run code; store JSON or arrays."
        for module in imported_modules(source)
        if module in CODE_FORMATS
    ]


def found_problems(pattern: re.Pattern, path: str, text: str, advice: str) -> list[str]:
    return [f"{path} holds {found[0]}: {advice}." for found in pattern.finditer(text)]


def settings(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every leaf of a parsed YAML, with the name of the key it stands under."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from settings(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from settings(inner, name)
    else:
        yield name, value


def secret_problem(name: str, value: object) -> str | None:
    """What is wrong with a setting of the profile that is named like a secret."""
    read_outside = re.compile(r"\{\{\s*env_var\('\w+'(?:, '')?\)[^\"{}]*\}\}")
    if not SECRETS.search(name) or read_outside.fullmatch(str(value)):
        return None
    return f"profiles.yml sets {name}: a secret stays outside, in the environment."


def undocumented_verbs(makefile: str, shown: str) -> list[str]:
    """The phony targets that `make help` does not explain."""
    verbs = " ".join(re.findall(r"(?m)^\.PHONY:(.*)$", makefile)).split()
    explained = re.findall(r"(?m)^\s*make (\S+) +\S", shown)
    return [
        f"make {verb}: explain it after ## on its line." for verb in verbs if verb not in explained
    ]


def test_no_python_reads_a_format_that_can_run_code(texts: dict[str, str]) -> None:
    problems = [
        problem
        for path, text in texts.items()
        if path.endswith(".py")
        for problem in import_problems(path, text)
    ]
    assert not problems, "\n".join(problems)


def test_no_file_names_a_package_index(texts: dict[str, str]) -> None:
    problems = [
        problem
        for path, text in texts.items()
        for problem in found_problems(INDEXES, path, text, "where packages come from is not ours")
    ]
    assert not problems, "\n".join(problems)


def test_requirements_hold_no_address(texts: dict[str, str]) -> None:
    problems = [
        problem
        for path, text in texts.items()
        if path.startswith("requirements/")
        for problem in found_problems(URLS, path, text, "write it anew with `make lock`")
    ]
    assert not problems, "\n".join(problems)


def test_no_file_names_a_path_of_one_machine(texts: dict[str, str]) -> None:
    problems = [
        problem
        for path, text in texts.items()
        for problem in found_problems(MACHINE_PATHS, path, text, "paths start at the repository")
    ]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    "path",
    [
        ".venv/bin/dbt",
        "lake/nycflights13/flights/ingested_date=2013-01-01/x.parquet",
        "azekura.duckdb",
        "azekura.duckdb.wal",
        "target/manifest.json",
        "logs/dbt.log",
        ".airflow/airflow.db",
        ".venv-airflow/bin/airflow",
        ".user.yml",
        "ingest/__pycache__/lake.pyc",
    ],
)
def test_git_ignores_what_a_run_makes(path: str, ignored: GitIgnoreSpec) -> None:
    assert ignored.match_file(path), f"{path} must be ignored: add it to .gitignore"


def test_profiles_hold_no_secret(texts: dict[str, str]) -> None:
    found = settings(yaml.safe_load(texts["profiles.yml"]))
    problems = [problem for item in found if (problem := secret_problem(*item))]
    assert not problems, "\n".join(problems)


def undocumented_variables(texts: dict[str, str], page: str) -> list[str]:
    """The variables of BigQuery that something reads and the page does not name."""
    prefix = "AZEKURA_BIGQUERY_"
    read = {
        name
        for path, text in texts.items()
        if path.startswith(("profiles.yml", "dbt_project.yml", "macros/", "models/"))
        for name in re.findall(rf"env_var\('{prefix}(\w+)'", text)
    }
    return sorted(name for name in read if not re.search(rf"`({prefix})?{name}`", page))


def test_every_variable_of_bigquery_is_documented(texts: dict[str, str]) -> None:
    missing = undocumented_variables(texts, texts["docs/bigquery.md"])
    assert not missing, f"docs/bigquery.md lacks {', '.join(missing)}"


def test_a_variable_that_is_not_documented_is_found() -> None:
    texts = {"profiles.yml": "{{ env_var('AZEKURA_BIGQUERY_PROJECT', '') }}"}
    assert undocumented_variables(texts, "`PROJECTS`, `AZEKURA_PROJECT`") == ["PROJECT"]
    assert undocumented_variables(texts, "`DATASET`, `PROJECT`") == []
    assert undocumented_variables(texts, "`AZEKURA_BIGQUERY_PROJECT`") == []


def test_dbt_sends_no_usage_statistics(texts: dict[str, str]) -> None:
    flags = yaml.safe_load(texts["dbt_project.yml"])["flags"]
    assert flags["send_anonymous_usage_stats"] is False, "set it to false in dbt_project.yml"


def test_make_help_explains_every_verb(root: Path, texts: dict[str, str]) -> None:
    # not as a part of the make that may be running these tests
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    shown = subprocess.run(
        ["make", "help"], cwd=root, env=outside, capture_output=True, text=True, check=True
    ).stdout
    problems = undocumented_verbs(texts["Makefile"], shown)
    assert not problems, "\n".join(problems)


def test_every_selector_is_described(manifest: dict) -> None:
    problems = [
        f"selector {name}: describe it in selectors.yml."
        for name, selector in manifest["selectors"].items()
        if not selector.get("description")
    ]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    "source", ["import pickle", "from joblib import load", "def f():\n    import dill.source as d"]
)
def test_an_import_that_can_run_code_is_found(source: str) -> None:
    assert len(import_problems("x.py", source)) == 1
    assert (
        import_problems("x.py", "import json\nfrom . import store\nfrom marshalling import x") == []
    )


def test_addresses_and_paths_of_machines_are_found() -> None:
    host, home, url = "pypi." + "org", "/" + "home/ann/x", "--index-url https" + "://example.com"
    assert len(found_problems(INDEXES, "x", f"see {host}", "no")) == 1
    assert len(found_problems(MACHINE_PATHS, "x", f"open('{home}')", "no")) == 1
    assert len(found_problems(URLS, "x", url, "no")) == 2
    assert found_problems(MACHINE_PATHS, "x", "docs/home/ann, https://a.example/home/x", "no") == []


def test_a_secret_is_found_wherever_it_stands() -> None:
    profile = {"azekura": {"outputs": {"x": [{"keyfile_json": "{}"}, {"threads": 4}]}}}
    assert [name for name, value in settings(profile) if secret_problem(name, value)] == [
        "keyfile_json"
    ]


def test_a_secret_may_be_read_from_the_environment() -> None:
    assert (
        secret_problem("keyfile", "{{ env_var('KEY') if env_var('HOW', '') == 'x' else none }}")
        is None
    )
    assert secret_problem("token", "{{ env_var('TOKEN', '') or none }}") is None
    assert secret_problem("threads", 4) is None
    for value in ("abc", "{{ 'abc' }}", "{{ env_var('TOKEN', 'abc') }}", "{{ env_var('A') }}abc"):
        assert secret_problem("token", value) is not None, value


def test_a_verb_without_explanation_is_found() -> None:
    makefile = ".PHONY: help build\nhelp: ## list\n.PHONY: ship\nship:\n"
    shown = "  make help      list\n  make build     build it\n"
    assert undocumented_verbs(makefile, shown) == ["make ship: explain it after ## on its line."]
