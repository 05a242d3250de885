"""What the tests with a running Airflow are made of."""
