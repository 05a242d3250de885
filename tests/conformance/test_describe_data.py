"""ML.DESCRIBE_DATA against what BigQuery printed of the penguins."""

from bqml_proxy.macros import Macros

PRINTED = {
    "body_mass_g": 800.781229,
    "culmen_depth_mm": 1.971904,
    "culmen_length_mm": 5.451596,
    "flipper_length_mm": 14.041141,
}


def test_deviations_are_those_of_the_population(db, compare):
    described = Macros().call("ml_describe_data", "select * from penguins")
    found = dict(db.sql(f"select name, stddev from {described}").fetchall())
    for name, bigquery in PRINTED.items():
        compare("D", name, bigquery, found[name], rel=0)
