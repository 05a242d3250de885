"""The JSON object that a request is, before it is known what it asks for."""

from typing import Any

from serving.server.errors import RequestError, malformed, shown
from serving.server.values import from_json


def from_body(body: bytes, as_written: bool = False) -> dict[str, Any]:
    """The JSON object that a request is, read as `from_json` does; raises what is wrong with it."""
    try:
        query = from_json(body, as_written)
    except ValueError as error:
        raise RequestError(400, "invalid_json", f"The request is not JSON: {error}.") from None
    if type(query) is not dict:
        raise malformed(f"A request is a JSON object, not {shown(query)}.")
    return query


def allow(query: dict[str, Any], *names: str) -> None:
    """Refuse a part of a request that has no meaning, which is mostly a slip of the pen."""
    if not query.keys() <= set(names):
        other = next(name for name in query if name not in names)
        raise malformed(f"A request has {', '.join(names)}, not {shown(other)}.")
