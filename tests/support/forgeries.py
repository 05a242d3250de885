"""Forged models: rows of model tables, changed at random, that the engine must refuse or survive.

A model of each kind is trained once. Each forgery changes its artifact, with a checksum that is
right again, or another column of its table. Then everything is asked of it that can be asked. The
engine refuses by one sentence that names the model, or answers. It neither crashes nor hangs, and
takes no more memory than LIMIT.

The tests try a few forgeries of each model. Many are tried by

    .venv/bin/python tests/support/forgeries.py 1000

which tries 1,000 of each, tells how many were refused, answered and neither, and ends with 1 if any
was neither. A forgery is made again by its number: `forgeries.py 1 --first 4711 --model kmeans`.
"""

import argparse
import json
import random
import resource
import signal
import subprocess
import sys
from collections import Counter
from typing import Any, NamedTuple

import duckdb
from bqml_vocabulary.options import OPTIONS
from duckdb_bqml import register
from duckdb_bqml.algorithms import algorithm_of
from duckdb_bqml.errors import sentence
from duckdb_bqml.model_table import TRAINED_COLUMNS
from forging import WAYS, changed_clause, changed_json, json_of

LIMIT = 4 * 2**30
"""Bytes of address space that a process of forgeries may take."""
SECONDS = 20
"""Seconds until a forgery hangs; all that are asked take some hundredths."""

DATA = """
    select
        i as x, sin(i) * 5 as y, if(i % 9 = 0, null, 'k' || i % 4) as k,
        timestamp '2024-01-31' + interval (i * 37) hour as at,
        [i % 7, i % 3 + 0.5] as v, ['a', 'b', 'c'][:i % 4] as tags,
        [{'index': i % 5, 'value': i * 1.0}] as pairs
"""
FEW = "select i as x, sin(i) * 5 as y, 'k' || i % 4 as k"
ROWS = 60
NUMBER, TWO, THREE = ", i * 2.0 + i % 4 as label", ", i % 2 = 0 as label", ", i % 3 as label"
SMALL = {"max_iterations": 3, "max_tree_depth": 3}


class Original(NamedTuple):
    """A model before it is forged: what it is trained on, and with which options."""

    query: str
    options: dict[str, Any]


ORIGINALS = {
    "linear": Original(
        DATA + NUMBER,
        {
            "model_type": "linear_reg",
            "category_encoding_method": "dummy_encoding",
            "calculate_p_values": True,
            "enable_global_explain": True,
        },
    ),
    "logistic": Original(FEW + TWO, {"model_type": "logistic_reg"}),
    "logistic_of_three": Original(DATA + THREE, {"model_type": "logistic_reg"}),
    "kmeans": Original(DATA, {"model_type": "kmeans", "num_clusters": 3}),
    "pca": Original(DATA, {"model_type": "pca", "num_principal_components": 2}),
    "trees": Original(
        DATA + NUMBER,
        {
            "model_type": "boosted_tree_regressor",
            "category_encoding_method": "one_hot_encoding",
            **SMALL,
        },
    ),
    "trees_of_two": Original(
        FEW + TWO,
        {
            "model_type": "boosted_tree_classifier",
            "booster_type": "dart",
            "dropout": 0.3,
            "num_parallel_tree": 2,
            "category_encoding_method": "target_encoding",
            **SMALL,
        },
    ),
    "forest": Original(
        FEW + NUMBER,
        {"model_type": "random_forest_regressor", "num_parallel_tree": 4, "max_tree_depth": 4},
    ),
    "forest_of_three": Original(
        DATA + THREE,
        {
            "model_type": "random_forest_classifier",
            "num_parallel_tree": 3,
            "max_tree_depth": 3,
        },
    ),
    "series": Original(
        "select date '2024-01-01' + i::int as d, 's' || i % 2 as s, sin(i * 0.9) * 5 + i % 7 as v",
        {
            "model_type": "arima_plus",
            "time_series_timestamp_col": "d",
            "time_series_data_col": "v",
            "time_series_id_col": "s",
            "horizon": 40,
        },
    ),
    "series_with_features": Original(
        "select date '2024-01-01' + i::int as d, sin(i * 0.9) * 5 + i % 7 as v, i % 5 as x,"
        " 'k' || i % 3 as k",
        {
            "model_type": "arima_plus_xreg",
            "time_series_timestamp_col": "d",
            "time_series_data_col": "v",
        },
    ),
    "clause": Original(
        FEW + NUMBER,
        {
            "model_type": "linear_reg",
            "transform": [
                "(x - avg(x) over ()) / stddev(x) over () as z",
                "k || '!' as k",
                "label",
            ],
        },
    ),
    "clause_alone": Original(
        FEW,
        {
            "model_type": "transform_only",
            "transform": ["list_transform([x], lambda e: e + 1)[1] as z", "max(k) over () as m"],
        },
    ),
}

CALLS = (
    "bqml_predict('forged', ?, r)",
    "bqml_explain_predict('forged', ?, '{}', r)",
    "bqml_explain_predict('forged', ?, '{\"approx_feature_contrib\": true}', r)",
    "bqml_detect_anomalies('forged', ?, '{\"contamination\": 0.1}', r)",
    "bqml_regress('forged', ?, r)",
)
DESCRIPTIONS = (
    ("WEIGHTS", "{}"),
    ("WEIGHTS", '{"standardize": true}'),
    ("ADVANCED_WEIGHTS", "{}"),
    ("CENTROIDS", "{}"),
    ("PRINCIPAL_COMPONENTS", "{}"),
    ("PRINCIPAL_COMPONENT_INFO", "{}"),
    ("FEATURE_IMPORTANCE", "{}"),
    ("ARIMA_EVALUATE", "{}"),
    ("ARIMA_COEFFICIENTS", "{}"),
    ("GLOBAL_EXPLAIN", "{}"),
    ("TRAINING_INFO", "{}"),
    ("FEATURE_INFO", "{}"),
    ("CONFUSION_MATRIX", "{}"),
    ("ROC_CURVE", "{}"),
    ("EVALUATE", "{}"),
    ("TRANSFORM", "{}"),
)
MAKING = ("FORECAST", "EXPLAIN_FORECAST", "DETECT_ANOMALIES")
REFUSED, ANSWERED = "refused", "answered"


class Forger:
    """Trains a model, forges it, and asks it."""

    def __init__(self, model: str) -> None:
        self.model, original = model, ORIGINALS[model]
        self.connection = duckdb.connect(config={"threads": "1"})
        register(self.connection)
        self.connection.execute(f"create table data as {original.query} from range({ROWS}) t(i)")
        columns = [name for (name, *_) in self.connection.execute("describe data").fetchall()]
        classes = ", list(distinct r.label order by r.label) as label_classes"
        self.connection.execute(
            "create table original as select unnest(bqml_train('original', ?, list(r)))"
            f"{classes if 'label' in columns else ''} from data r",
            [json.dumps(original.options)],
        )
        names = [name for name in (*TRAINED_COLUMNS, "label_classes") if name != "artifact"]
        present = {row[0] for row in self.connection.execute("describe original").fetchall()}
        self.names = [name for name in names if name in present]
        fields = ", ".join(f"{name} := {name}" for name in self.names)
        text, self.artifact, self.version = self.connection.execute(
            f"select to_json(struct_pack({fields}))::varchar, artifact, model_version from original"
        ).fetchone()
        self.row = json.loads(text)
        self.algorithm = algorithm_of(self.row["model_type"])

    def forge(self, number: int) -> str:
        """Makes the table `forged`; the same number makes the same. Says what was changed."""
        dice = random.Random(f"{self.model} {number}")
        self.version = f"{number}"  # another one: the engine keeps what it has read
        if dice.random() < (0.8 if self.row["transform"] is None else 0.2):
            way = dice.choice(WAYS)
            self._put("artifact", "?::blob", way(self.artifact, dice))
            return way.__name__
        changeable = [name for name in self.names if name not in ("model_version", "reference")]
        name = dice.choice(changeable)
        if name == "transform" or (self.row["transform"] is not None and dice.random() < 0.7):
            name = "transform"
        value = self.row[name]
        if name == "transform" and value is not None:
            changed = changed_clause(value, dice)
        elif name in ("details", "options") and dice.random() < 0.1:
            self._put(name, "?::varchar", "[" * 100_000)
            return name
        else:
            changed = changed_json(value, dice)
        try:
            self._put(name, "?::json", json_of(changed))
        except duckdb.Error:  # no JSON for DuckDB, so that nobody can store it
            self._put("artifact", "?::blob", self.artifact[:-1])
            return f"{name}, not at all"
        return name

    def _put(self, column: str, placeholder: str, value: Any) -> None:
        """The column may have another type than it should have."""
        self.connection.execute(
            f"create or replace table forged as select * replace ({placeholder} as {column}, "
            "? as model_version) from original",
            [value, self.version],
        )

    def ask(self) -> tuple[str, list[str]]:
        """Whether anything was answered, and what is neither an answer nor a refusal."""
        found, wrong, last = [], [], []
        asked = [f"select {call} from (from data limit 7) r" for call in CALLS]
        asked.append("select bqml_evaluate('forged', ?, '{}', list(r)) from data r")
        asked += [
            f"select bqml_describe('forged', ?, '{function}', '{settings}')"
            for function, settings in DESCRIPTIONS
        ]
        asked += [f"select bqml_rows('forged', ?, '{function}', '{{}}', 0)" for function in MAKING]
        if "warm_start" in OPTIONS[self.row["model_type"]]:
            options = json.dumps({**ORIGINALS[self.model].options, "warm_start": True})
            options = options.replace("'", "''")
            asked.append(
                f"select bqml_train('forged', '{options}', list(r), 'forged', ?) from data r"
            )
        for sql in asked:
            try:
                self.connection.execute(sql, [self.version]).fetchall()
                found.append(ANSWERED)
            except duckdb.Error as error:
                said = sentence(str(error))
                if said == str(error) or not said.startswith("forged: ") or "\n" in said:
                    wrong.append(f"{sql}: {str(error).partition(chr(10))[0]}")
                found.append(REFUSED)
                last = [*last[-2:], said]
                if last == [said] * 3:  # the model cannot be opened, whatever is asked
                    break
        return (ANSWERED if ANSWERED in found else REFUSED), wrong


def work(model: str, first: int, count: int) -> None:
    """In a process of its own: a line before each forgery, so that its end is known, and after."""
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    forger = Forger(model)
    outcome, wrong = _asked_original(forger)
    print(json.dumps({"original": outcome, "wrong": wrong}), flush=True)
    for number in range(first, first + count):
        signal.alarm(SECONDS)
        print(json.dumps({"number": number}), flush=True)
        way = forger.forge(number)
        outcome, wrong = forger.ask()
        print(json.dumps({"outcome": outcome, "way": way, "wrong": wrong}), flush=True)
        signal.alarm(0)


def _asked_original(forger: Forger) -> tuple[str, list[str]]:
    forger.connection.execute("create or replace table forged as from original")
    return forger.ask()


class Found(NamedTuple):
    """How many forgeries were refused, how many answered, and what went wrong with any."""

    counts: Counter[str]
    wrong: list[str]


def tried(model: str, count: int, first: int = 0) -> Found:
    """Forgeries of a model, in processes that may end."""
    counts, wrong, number = Counter(), [], first
    while number < first + count:
        left = first + count - number
        command = [sys.executable, __file__, str(left), "--first", str(number), "--model", model]
        done = subprocess.run([*command, "--here"], capture_output=True, text=True)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        if not lines or lines[0] != {"original": ANSWERED, "wrong": []}:
            return Found(counts, [f"{model}: {lines[:1]} {done.stderr[-2000:]}"])
        for line in lines[1:]:
            if "number" in line:
                number = line["number"]
                continue
            number += 1
            counts[line["outcome"]] += 1
            wrong += [f"{model} {number - 1} ({line['way']}): {one}" for one in line["wrong"]]
        if done.returncode:
            counts["ended"] += 1
            wrong.append(f"{model} {number}: ended by {done.returncode} {done.stderr[-500:]}")
            number += 1
    return Found(counts, wrong)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("count", type=int, help="forgeries of each model")
    parser.add_argument("--first", type=int, default=0, help="the number of the first")
    parser.add_argument("--model", choices=ORIGINALS, help="one model only")
    parser.add_argument("--here", action="store_true", help="in this process")
    given = parser.parse_args()
    if given.here:
        work(given.model, given.first, given.count)
        return 0
    failed = False
    for model in [given.model] if given.model else ORIGINALS:
        counts, wrong = tried(model, given.count, given.first)
        print(f"{model}: {dict(counts)}", *wrong, sep="\n  ", flush=True)
        failed |= bool(wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
