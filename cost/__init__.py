"""What a build on BigQuery scans and costs.

statements.py       every statement that dbt would send, and what GoogleSQL says that it reads
scans.py            the same in terms of the project: which columns and partitions of which nodes
dry_run.py          the bytes that BigQuery itself says, where there is an account
local_build.py      what dbt knows of the build on this machine, and its DuckDB file, read only
sizes.py            how many bytes each column holds there, partition by partition
statement_bytes.py  bytes of each statement: estimated, in SQL, or as a real run was billed
prices.py           USD per TiB, from seeds/bigquery_prices.csv
node_costs.py       bytes and prices by node; a budget
report.py           what is printed, and target/cost.csv
"""


class CostError(Exception):
    """What is wrong, in one sentence."""
