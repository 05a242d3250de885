"""The steps of a training: read the query, continue a model, measure, write the row.

query.py       rows of DuckDB to typed columns, by role, in an order of their own, and split
warm_start.py  what a training that goes on from a model must have in common with it
measures.py    how good the trained model is on the rows kept for that
model_row.py   the row of the model table
"""
