"""The same rows on DuckDB and on GoogleSQL's reference evaluator.

sample.py       a small lake of the demo's own records, and of marked ones that it lacks
duckdb_rows.py  rows and types as DuckDB has them, in the terms of googlesql/values.py
comparison.py   rows that one side has and the other has not
gaps.py         what cannot be compared, and why
macros.py       calls of macros, and hard input for them
"""
