"""Errors as BigQuery's API tells them, so that its clients raise what they raise for BigQuery."""

import re
from typing import Any

from bqml_vocabulary.functions import FUNCTIONS, TABLE_FUNCTIONS

_STATUS = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    501: "UNIMPLEMENTED",
}


class BigQueryError(Exception):
    """`code` is the HTTP status, `reason` BigQuery's word for it, such as notFound of 404."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message

    @classmethod
    def of(cls, response: dict[str, Any], status: int) -> "BigQueryError":
        """The error that an API's response tells."""
        error = response.get("error") or {}
        reason = next(iter(error.get("errors") or []), {}).get("reason", "invalid")
        return cls(error.get("code", status), reason, error.get("message", f"HTTP {status}"))

    def proto(self) -> dict[str, Any]:
        """The error as a job tells it."""
        return {"reason": self.reason, "location": "query", "message": self.message}

    def response(self) -> dict[str, Any]:
        """The error as a response tells it."""
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                "errors": [{"reason": self.reason, "message": self.message, "domain": "global"}],
                "status": _STATUS.get(self.code, "INTERNAL" if self.code >= 500 else "UNKNOWN"),
            }
        }


_MACRO = re.compile(r"\bml_([a-z_]+)\b")
_DBT_WORDS = (
    (re.compile(r" \(dbt run [^)]*\)"), ""),
    (re.compile(r"\bmeta\.ml\b"), "OPTIONS"),
    (re.compile(r"give the ref\(\) of a model with materialized='ml_model'"), "give a model"),
)


def in_bigquery_words(sentence: str) -> str:
    """What the engine or a macro refuses, in words of BigQuery's: who writes ML.PREDICT has never
    heard of ml_predict and meta.ml."""
    for words, ours in _DBT_WORDS:
        sentence = words.sub(ours, sentence)

    def named(found: re.Match[str]) -> str:
        name = found[1].upper()
        return f"ML.{name}" if name in TABLE_FUNCTIONS or name in FUNCTIONS else found[0]

    return _MACRO.sub(named, sentence)


def invalid_query(message: str) -> BigQueryError:
    """The statement cannot be run as it is written."""
    return BigQueryError(400, "invalidQuery", message)


def not_found(what: str) -> BigQueryError:
    return BigQueryError(404, "notFound", f"Not found: {what}")


def already_exists(what: str) -> BigQueryError:
    return BigQueryError(409, "duplicate", f"Already Exists: {what}")
