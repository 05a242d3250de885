"""dbt's macros as the package bqml_macros, so that a wheel holds those that the proxy renders."""
