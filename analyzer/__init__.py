"""BigQuery without BigQuery: every statement is analyzed by GoogleSQL, and none is run.

warehouse.py          tables and models, made by the statements that make them
client.py             the BigQuery client that dbt is given, in front of that warehouse
ml_calls.py           a statement's ML calls, checked by their signatures; what they return
table_options.py      BigQuery's options of tables, and what they may hold
partition_filters.py  whether a reading says which partitions, where a table demands it
reads.py              which columns of which tables a statement reads

`make test` asks it whether BigQuery would take the project (tests/bigquery), and `make cost` what a
build would scan (cost). GoogleSQL itself is the package googlesql; what BigQuery ML's functions
take and give stands in the tables of bqml_vocabulary.
"""
