"""BigQuery without BigQuery: every statement is analyzed by GoogleSQL, and none is run.

googlesql.py      the service: one statement and a catalog in, what it resolves to out
tokens.py         the little that has to be known of a statement's text
ml_signatures.py  the table of BigQuery ML's functions
ml_calls.py       a statement's ML calls, checked against that table; the columns they return
warehouse.py      tables and models, made by the statements that make them
table_options.py  BigQuery's options of tables, and what they may hold
partition_filters.py  whether a reading says which partitions, where a table demands it
client.py         the BigQuery client that dbt is given
reads.py          which columns of which tables a statement reads
"""
