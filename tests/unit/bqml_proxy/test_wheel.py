"""What a wheel holds is enough: installed where no checkout is, a model is trained and predicts."""

import json
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

# what runs in the other environment; it prints one object
PROGRAM = """
import importlib.util, json, sys
from pathlib import Path

import pyarrow as pa
from bqml_proxy.machine_learning import MachineLearning
from googlesql.service import GoogleSQL


class Emulator:
    '''Has the rows of two queries, and shows what is loaded.'''

    rows = {
        "select x, y from d.line": pa.table({"x": [1.0, 2, 3, 4], "y": [4.0, 7, 10, 13]}),
        "select 30 as x": pa.table({"x": [30.0]}),
    }
    loaded = []

    def query(self, sql, project, default_dataset):
        return self.rows[sql]

    def load(self, table, rows):
        self.loaded += rows.to_pylist()

    def drop(self, table):
        pass


models, kept = map(Path, sys.argv[1:])
emulator = Emulator()
learning = MachineLearning(emulator, models, GoogleSQL(kept))
learning.rewrite(
    "create model d.line options(model_type = 'LINEAR_REG', input_label_cols = ['y']) as"
    " select x, y from d.line", "p", None,
)
learning.rewrite("select * from ml.predict(model d.line, (select 30 as x))", "p", None)
learning.rewrite("select * from ml.weights(model d.line)", "p", None)
places = [importlib.util.find_spec(name).origin for name in json.load(sys.stdin)]
print(json.dumps({"rows": emulator.loaded, "places": places}))
"""


@pytest.fixture(scope="module")
def packages() -> dict[str, str]:
    """The folders of packages, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return project["tool"]["setuptools"]["package-dir"]


@pytest.fixture(scope="module")
def wheel(packages: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built of a copy: setuptools leaves a folder `build` behind."""
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    for folder in packages.values():
        shutil.copytree(
            ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__", "*.md")
        )
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    subprocess.run(
        [*command, "--no-build-isolation", "--wheel-dir", str(made), str(source)], check=True
    )
    shutil.rmtree(source)
    [found] = made.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that has the wheel, and the locked packages beside it."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    own = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*command, "--target", str(own), str(wheel)], check=True)
    # a folder named here is searched, but no .pth in it is read: not the one that leads to here
    (own / "locked.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin" / "python"


def test_an_installed_wheel_trains_and_predicts(
    googlesql, googlesql_folder, python, packages, tmp_path
):
    done = subprocess.run(
        [python, "-I", "-c", PROGRAM, str(tmp_path / "models"), str(googlesql_folder)],
        input=json.dumps([*packages]),
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    environment = python.parents[1]
    assert [place for place in told["places"] if not Path(place).is_relative_to(environment)] == []
    prediction, *weights = told["rows"]
    assert prediction["predicted_y"] == pytest.approx(91, rel=1e-6)
    assert [row["processed_input"] for row in weights] == ["x", "__INTERCEPT__"]


def test_the_wheel_holds_no_more_of_the_macros_than_the_proxy_renders(wheel):
    names = subprocess.run(
        [sys.executable, "-m", "zipfile", "--list", str(wheel)], capture_output=True, text=True
    ).stdout
    held = {line.split("/")[1].split()[0] for line in names.splitlines() if "bqml_macros/" in line}
    assert held == {"__init__.py", "cross_db", "ml"}
