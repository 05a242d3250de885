"""What a build on BigQuery scans; `dbt run-operation cost` then says what that costs.

statements.py   every statement that dbt would send, and what GoogleSQL says that it reads
dry_run.py      the bytes that BigQuery itself says, where there is an account
plan.py         both as one JSON file, which the macro `cost` prices in SQL
"""


class CostError(Exception):
    """What is wrong, in one sentence."""
