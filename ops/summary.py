"""What a build made, for people: the end of `make run`.

Tables and rows per layer, each model's headline metrics, how many records were rejected, and what
to try next. What was made, dbt says: macros/ops/summary.sql.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

LAYERS = ("lake", "warehouse", "snapshots", "marts", "features", "ml", "catalogue")

NEXT = {
    "dbt build --select ml_late_arrival__model+": "edit the model, train it, see what it gives",
    "make docs": "browse tables, columns and lineage",
    'dbt show --inline "select ..."': "ask anything in SQL",
    'README.md, "Where do I put ..."': "bring your own data",
}


def lines(made: dict) -> list[str]:
    """What to print, given what the macro `summary` says."""
    layers = {
        layer: [table for table in made["tables"] if table["layer"] == layer] for layer in LAYERS
    }
    if not any(layers.values()):
        return ["Nothing is built yet: run `make run`, or `dbt build`."]
    said = []
    for layer, tables in layers.items():
        if tables:
            rows = sum(table["rows"] for table in tables)
            said += ["", f"{layer:<10} {len(tables):3d} tables {rows:>12,} rows"]
            said += [f"    {table['name']:<42} {table['rows']:>12,}" for table in tables]
    said += ["", "models"]
    for model in made["models"]:
        metrics = "   ".join(f"{name} {value:.4f}" for name, value in model["metrics"])
        if metrics:
            said.append(f"    {model['name']:<42} {metrics}")
    said += [
        "",
        *(_rejects(table) for table in layers["lake"] if table["name"].endswith("__rejects")),
    ]
    tries = [f"{command:<46}{what}" for command, what in NEXT.items()]
    return [*said, "", f"next   {tries[0]}", *(f"       {one}" for one in tries[1:])]


def _rejects(table: dict) -> str:
    source = table["name"].split("__")[0].removeprefix("stg_")
    records = f"{table['rows']:,} record{'' if table['rows'] == 1 else 's'}"
    where = f": see why in {table['schema']}.{table['name']}" if table["rows"] else ""
    return f"{records} of {source} could not be used{where}"


def main() -> int:
    beside = str(Path(sys.executable).with_name("dbt"))
    dbt = shutil.which(beside) or shutil.which("dbt") or "dbt"
    command = [dbt, "--quiet", "run-operation", "summary"]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode:
        print(ended.stdout, file=sys.stderr)
        return ended.returncode
    print("\n".join(lines(json.loads(ended.stdout.splitlines()[-1]))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
