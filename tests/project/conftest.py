"""The project as plain data: what dbt reads in it, and the text of its files.

Each rule is a small function of such data that returns sentences, one per violation; a test holds
it against the project, and another against a violation made up for it.
"""

from pathlib import Path

import pytest
from dbt.adapters.factory import reset_adapters
from dbt.cli.main import dbtRunner
from pathspec import GitIgnoreSpec

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What `dbt parse` makes of the project, as in manifest.json; the database is not touched."""
    folder = tmp_path_factory.mktemp("dbt")
    places = {
        "--project-dir": ROOT,
        "--profiles-dir": ROOT,
        "--target-path": folder / "target",
        "--log-path": folder / "logs",
        "--target": "duckdb",
    }
    options = [str(word) for option in places.items() for word in option]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        outcome = dbtRunner().invoke(["--quiet", "--warn-error", "parse", *options])
    reset_adapters()
    assert outcome.success, str(outcome.exception)
    return outcome.result.writable_manifest().to_dict(omit_none=False)


@pytest.fixture(scope="session")
def nodes(manifest: dict) -> list[dict]:
    """The models and snapshots of the project."""
    kinds = ("model", "snapshot")
    return [node for node in manifest["nodes"].values() if node["resource_type"] in kinds]


@pytest.fixture(scope="session")
def seeds(manifest: dict) -> list[dict]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "seed"]


@pytest.fixture(scope="session")
def ignored() -> GitIgnoreSpec:
    return GitIgnoreSpec.from_lines((ROOT / ".gitignore").read_text().splitlines())


@pytest.fixture(scope="session")
def texts(ignored: GitIgnoreSpec) -> dict[str, str]:
    """The text of every file that git keeps, or would, by its path from the root."""
    found = {}
    folders = [ROOT]
    while folders:
        for path in folders.pop().iterdir():
            name = path.relative_to(ROOT).as_posix()
            if name == ".git":  # a folder, or in a worktree a file
                continue
            if path.is_dir():
                if not ignored.match_file(name + "/"):
                    folders.append(path)
            elif not ignored.match_file(name):
                found[name] = path.read_text(encoding="utf-8", errors="replace")
    return found


@pytest.fixture(scope="session")
def macros(manifest: dict) -> dict[str, dict]:
    """The macros of the project, by their names."""
    found = manifest["macros"].values()
    return {macro["name"]: macro for macro in found if macro["package_name"] == "azekura"}
