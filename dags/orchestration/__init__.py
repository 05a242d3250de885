"""What the DAGs share. Plain Python but for `tasks` and `alerts`; nothing of it imports dbt."""
