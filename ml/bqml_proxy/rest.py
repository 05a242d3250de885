"""The bodies of BigQuery's REST API: JSON objects, errors among them."""

import gzip
import json
import traceback
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bqml_proxy.errors import BigQueryError

Json = dict[str, Any]


async def object_in(request: Request) -> Json:
    """The object that a request holds; BigQueryError if it holds none."""
    body = await request.body()
    try:
        if request.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        value = json.loads(body)
    except (OSError, ValueError):
        raise BigQueryError(400, "parseError", "The request is not valid JSON.") from None
    if not isinstance(value, dict):
        raise BigQueryError(400, "parseError", "The request is not a JSON object.")
    return value


def answer(value: Json, status: int = 200) -> Response:
    return Response(json.dumps(value), status, media_type="application/json; charset=UTF-8")


def answer_error(error: BigQueryError) -> Response:
    return answer(error.response(), error.code)


def fault(error: Exception) -> BigQueryError:
    """A mistake of the proxy's own; a client would repeat a request after an error of the 500s."""
    traceback.print_exception(error)
    message = f"The proxy failed ({error!r}); its output says where."
    return BigQueryError(400, "invalid", message)
