"""BigQuery without BigQuery: every statement is analyzed by GoogleSQL, and none is run.

ml_calls.py       a statement's ML calls, checked against that table; the columns they return
warehouse.py      tables and models, made by the statements that make them
sources.py        what is there before dbt
client.py         the BigQuery client that dbt is given

The service itself, tokens and the table of BigQuery ML's functions are the front's, too:
bqml_front.googlesql, bqml_front.tokens and bqml_front.ml_signatures.
"""
