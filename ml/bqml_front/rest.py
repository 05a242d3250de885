"""Errors as BigQuery's REST API tells them."""

from typing import Any

from bqml_front.errors import BigQueryError

_STATUS = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    501: "UNIMPLEMENTED",
}


def error_response(error: BigQueryError) -> dict[str, Any]:
    """The body of a response that tells the error."""
    return {
        "error": {
            "code": error.code,
            "message": error.message,
            "errors": [{"reason": error.reason, "message": error.message, "domain": "global"}],
            "status": _STATUS.get(error.code, "INTERNAL" if error.code >= 500 else "UNKNOWN"),
        }
    }


def error_of_job(error: BigQueryError) -> dict[str, Any]:
    """The error as the status of a job tells it."""
    return {"reason": error.reason, "location": "query", "message": error.message}


def told_error(response: dict[str, Any], status: int) -> BigQueryError:
    """The error that a response tells; `status` is its HTTP status."""
    error = response.get("error") or {}
    reason = next(iter(error.get("errors") or []), {}).get("reason", "invalid")
    return BigQueryError(error.get("code", status), reason, error.get("message", f"HTTP {status}"))
