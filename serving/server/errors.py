"""What a client is told when a request cannot be answered: a status, a code, one sentence."""

import re
from typing import Any

from serving.errors import ServingError
from serving.server.values import to_json


class RequestError(ServingError):
    """A request that the server refuses by itself: an HTTP status, a code for programs."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def malformed(message: str) -> RequestError:
    """A request that does not have the form described at /docs."""
    return RequestError(400, "malformed_request", message)


def status_of(error: ServingError) -> int:
    """The HTTP status of an error."""
    return error.status if isinstance(error, RequestError) else error.http_status


def code_of(error: ServingError) -> str:
    """The code of an error: `unknown_name` for UnknownNameError."""
    if isinstance(error, RequestError):
        return error.code
    words = re.findall("[A-Z][a-z]+", type(error).__name__.removesuffix("Error"))
    return "_".join(words).lower()


def body_of(error: ServingError) -> bytes:
    """`{"error": {"code": …, "message": …}}`, the one shape that all errors have."""
    return to_json({"error": {"code": code_of(error), "message": str(error)}})


def shown(value: Any) -> str:
    """A value of a request as an error repeats it: JSON, of a length that a sentence can hold."""
    text = to_json(value).decode(errors="replace")
    return text if len(text) <= 100 else text[:99] + "…"
