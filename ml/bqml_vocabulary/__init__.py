"""What BigQuery ML is, as data: model types, their options and the functions on them.

    model_types.json   a row per model type, and what the types of one kind have in common
    options.json       a row per option of CREATE MODEL
    functions.json     a row per ML function: what it takes and what it gives

The engine, the proxy, the analyzer and the cost estimate read these tables. Some macros and two
pages of the documentation are generated from them: `make vocabulary`. To add a model type, add its
rows.
"""
