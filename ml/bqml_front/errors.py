"""The errors that a client of BigQuery is answered with."""


class BigQueryError(Exception):
    """What is wrong, as BigQuery's API says it: an HTTP code, a reason and one sentence."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message


def invalid_query(message: str) -> BigQueryError:
    """The statement cannot be run as it is written."""
    return BigQueryError(400, "invalidQuery", message)


def not_found(what: str) -> BigQueryError:
    return BigQueryError(404, "notFound", f"Not found: {what}")


def already_exists(what: str) -> BigQueryError:
    return BigQueryError(409, "duplicate", f"Already Exists: {what}")
