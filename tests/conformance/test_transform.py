"""ML.STANDARD_SCALER in a TRANSFORM clause against values that BigQuery itself printed.

Source of the values: tests of googleapis/python-bigquery-dataframes (data/README.md names the
files). They follow from statistics of six significant digits, and not from exact ones.
"""

import pytest

PENGUINS = "select culmen_length_mm, culmen_depth_mm, flipper_length_mm from penguins"
NEW_PENGUINS = """
    select * from (values (39.5::double, 18.8::double, 196), (38.5, 17.2, 181), (37.9, 18.1, 188))
    as new_penguins(culmen_length_mm, culmen_depth_mm, flipper_length_mm)
"""
COLUMNS = ["culmen_length_mm", "culmen_depth_mm", "flipper_length_mm"]
SCALERS = [
    f"({name} - avg({name}) over ()) / nullif(stddev_pop({name}) over (), 0) as {name}"
    for name in COLUMNS
]


@pytest.mark.parametrize(
    ("fitted_on", "printed"),
    [
        (
            PENGUINS,
            [
                [-0.81112, -0.994552, -1.104611],
                [0.836148, 0.024748, 0.48116],
                [-0.350044, -1.418336, -0.9198],
            ],
        ),
        (
            NEW_PENGUINS,
            [
                [1.313249, -0.20198, -1.111118],
                [1.17072, -1.272416, 0.101848],
                [1.251089, -1.196588, -0.054338],
            ],
        ),
    ],
)
def test_a_scaler_gives_what_bigquery_printed(db, train, describe, compare, fitted_on, printed):
    train("scaler", fitted_on, model_type="transform_only", transform=SCALERS)
    [clause] = describe("scaler", "TRANSFORM")
    rows = db.sql(
        f"select {', '.join(clause['outputs'])} from ({NEW_PENGUINS}) as bqml_row"
        f" cross join ({clause['statistics']}) as bqml_statistics"
    ).fetchall()
    for name, bigquery, ours in zip(COLUMNS, printed, zip(*rows, strict=True), strict=True):
        for value, found in zip(bigquery, ours, strict=True):
            compare("C11", name, value, found, rel=0)
