"""What is said at /docs and in /openapi.json about the paths that `serving.server.app` answers."""

import copy
from functools import cache
from typing import Any

from serving.stores.base import Status

INTRODUCTION = """\
Features as a model was trained on them, at this moment: by feature service, or by feature view.

One request reads one entity or many. The answer is by column: `features` holds a list of values for
each feature, `views` a list of statuses and times for each view, all in the order of the entities.

Values are JSON as BigQuery's TO_JSON_STRING writes them: an INT64 beyond 2^53 is a string of
digits, NUMERIC is a string, BYTES is base64, a TIMESTAMP is RFC 3339 in UTC, and "NaN", "Infinity"
and "-Infinity" are strings. Keys are read in the same form.

A status is PRESENT; NULL: every feature asked for is NULL; NOT_FOUND: nothing is known of the
entity, or a part of its key is null; OUTSIDE_TTL: what is known is older than the view's time to
live; NOT_AVAILABLE_AT: this server reads as at a moment, and the newest state, the only one that it
keeps, was not known then or had not happened.

What cannot be answered is one sentence: `{"error": {"code": "unknown_name", "message": "There is no
feature service 'late_arival'; did you mean 'late_arrival'?"}}`.
"""

_ENTITIES = {
    "type": "array",
    "minItems": 1,
    "description": "One object per entity: each key by its name. A null is NOT_FOUND.",
    "items": {
        "type": "object",
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
    },
}
_FEATURES = {
    "type": "array",
    "minItems": 1,
    "description": "Names of the features wanted; all if left out.",
    "items": {"type": "string"},
}
_VERSION = {"type": "integer", "description": "Of the view; the latest if left out."}
_MOMENTS = {"type": "array", "items": {"type": ["string", "null"], "format": "date-time"}}

SCHEMAS: dict[str, Any] = {
    "ReadService": {
        "type": "object",
        "required": ["entities"],
        "additionalProperties": False,
        "properties": {"entities": _ENTITIES, "features": _FEATURES},
    },
    "ReadView": {
        "type": "object",
        "required": ["entities"],
        "additionalProperties": False,
        "properties": {"entities": _ENTITIES, "features": _FEATURES, "version": _VERSION},
    },
    "Read": {
        "type": "object",
        "required": ["features", "views"],
        "properties": {
            "service": {"type": "string", "description": "Of a read by service."},
            "features": {
                "type": "object",
                "description": "For each feature one value per entity.",
                "additionalProperties": {"type": "array", "items": {}},
            },
            "views": {
                "type": "array",
                "description": "What was found in each view.",
                "items": {
                    "type": "object",
                    "required": ["view", "version", "features", "status", "event_at", "known_at"],
                    "properties": {
                        "view": {"type": "string"},
                        "version": {"type": "integer"},
                        "features": {
                            "type": "array",
                            "description": "Names, in this answer, of the features read from it.",
                            "items": {"type": "string"},
                        },
                        "status": {
                            "type": "array",
                            "items": {"enum": [status.value for status in Status]},
                        },
                        "event_at": {**_MOMENTS, "description": "When it happened."},
                        "known_at": {**_MOMENTS, "description": "From when it could be known."},
                    },
                },
            },
        },
    },
    "Push": {
        "type": "object",
        "required": ["rows"],
        "additionalProperties": False,
        "properties": {
            "rows": {
                "type": "array",
                "minItems": 1,
                "description": "Rows of the view: keys, event time, every feature; known time, now"
                " if left out.",
                "items": {"type": "object", "additionalProperties": True},
            },
            "version": _VERSION,
        },
    },
    "Pushed": {
        "type": "object",
        "required": ["view", "version", "rows"],
        "properties": {
            "view": {"type": "string"},
            "version": {"type": "integer"},
            "rows": {"type": "integer", "description": "How many were taken in."},
        },
    },
    "Error": {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "code": {"type": "string", "description": "For programs."},
                    "message": {"type": "string", "description": "One sentence, for people."},
                },
            }
        },
    },
}

_SERVICE_READ = {
    "entities": [
        {"carrier_code": "AA", "origin_airport_code": "JFK"},
        {"carrier_code": "ZZ", "origin_airport_code": "LGA"},
    ],
    "features": ["late_departure_rate_7d", "departures_count_3h"],
}
_SERVICE_ANSWER = {
    "service": "late_arrival",
    "features": {
        "late_departure_rate_7d": [0.19185059422750425, None],
        "departures_count_3h": [31, 55],
    },
    "views": [
        {
            "view": "feat_carrier__punctuality",
            "version": 1,
            "features": ["late_departure_rate_7d"],
            "status": ["PRESENT", "NOT_FOUND"],
            "event_at": ["2013-12-30T05:00:00Z", None],
            "known_at": ["2013-12-30T05:00:00Z", None],
        },
        {
            "view": "feat_airport__traffic",
            "version": 1,
            "features": ["departures_count_3h"],
            "status": ["PRESENT", "PRESENT"],
            "event_at": ["2013-12-30T18:00:00Z", "2013-12-30T18:00:00Z"],
            "known_at": ["2013-12-30T18:00:00Z", "2013-12-30T18:00:00Z"],
        },
    ],
}
_VIEW_READ = {"entities": [{"airport_code": "JFK"}], "features": ["departures_count_3h"]}
_VIEW_ANSWER = {
    "features": {"departures_count_3h": [31]},
    "views": [
        {
            "view": "feat_airport__traffic",
            "version": 1,
            "features": ["departures_count_3h"],
            "status": ["PRESENT"],
            "event_at": ["2013-12-30T18:00:00Z"],
            "known_at": ["2013-12-30T18:00:00Z"],
        }
    ],
}
_PUSH = {
    "rows": [
        {
            "airport_code": "JFK",
            "event_at": "2013-12-30T19:00:00Z",
            "departures_count_1h": 14,
            "departures_count_3h": 36,
            "cancelled_count_3h": 0,
            "late_departure_rate_3h": 0.08,
            "departure_delay_minutes_mean_3h": 3.5,
        }
    ]
}
_PUSHED = {"view": "feat_airport__traffic", "version": 1, "rows": 1}

_VIEW = ("view", "Name of the view; `name@2` is its version 2.", "feat_airport__traffic")
# what any request may be answered
_ALWAYS = {
    "400": "The request is wrong: its HTTP, its JSON, a key, a value, a feature",
    "401": "No token, or another one than the server's",
    "405": "Asked by another method",
    "408": "The request took too long to arrive",
    "421": "A server of another name is asked for",
    "431": "The head of the request is too large",
    "500": "The server failed; its log says why",
    "503": "Too many connections, the store cannot be reached, or the view is not materialized",
}
_OF_A_NAME = {"404": "There is no such service, view or version"}
_OF_A_BODY = {
    "413": "Too many bytes, entities or rows",
    "415": "Not `application/json`",
}
# what is asked without a token, and by any name
_OPEN = {"/healthz"}


@cache
def _paths() -> dict[str, Any]:
    return {
        "/v1/services/{service}:read": {
            "post": _operation(
                "Read",
                "Read a feature service",
                "The features that a model was trained on, of several views in one call. An entity"
                " has every key of the service: the names in the labels of the training set.",
                ("service", "Name of the service.", "late_arrival"),
                ("ReadService", _SERVICE_READ),
                ("Read", _SERVICE_ANSWER),
            )
        },
        "/v1/views/{view}:read": {
            "post": _operation(
                "Read",
                "Read a feature view",
                "Features of one view, of its latest version or another.",
                _VIEW,
                ("ReadView", _VIEW_READ),
                ("Read", _VIEW_ANSWER),
            )
        },
        "/v1/views/{view}:push": {
            "post": _operation(
                "Write",
                "Write rows of a feature view",
                "For streams: all rows are written, or none. A row replaces what is stored of its"
                " entity unless that has a greater (event time, known time), so rows may come late,"
                " out of order and twice. Needs a server with --allow-push, and a token.",
                _VIEW,
                ("Push", _PUSH),
                ("Pushed", _PUSHED),
                {"403": "The server is read-only"},
            )
        },
        "/": {"get": _shown_page("The catalogue", "Without one, the way to /docs.", "text/html")},
        "/docs": {"get": _shown_page("This description, for people", "A page.", "text/html")},
        "/openapi.json": {
            "get": _shown_page("This description, for programs", "OpenAPI.", "application/json")
        },
    }


def _shown_page(summary: str, description: str, media_type: str) -> dict[str, Any]:
    return {
        "tags": ["Describe"],
        "summary": summary,
        "description": description,
        "responses": {"200": {"description": "The page", "content": {media_type: {}}}},
    }


def _refused(statuses: dict[str, str]) -> dict[str, Any]:
    return {
        status: {"description": text, "content": _content("Error")}
        for status, text in statuses.items()
    }


def _operation(
    tag: str,
    summary: str,
    description: str,
    parameter: tuple[str, str, str],
    request: tuple[str, Any],
    answer: tuple[str, Any],
    refusals: dict[str, str] | None = None,
) -> dict[str, Any]:
    name, explained, example = parameter
    return {
        "tags": [tag],
        "summary": summary,
        "description": description,
        "parameters": [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": explained,
                "schema": {"type": "string"},
                "example": example,
            }
        ],
        "requestBody": {"required": True, "content": _content(*request)},
        "responses": {
            "200": {"description": "The answer", "content": _content(*answer)},
            **_refused({**_OF_A_NAME, **_OF_A_BODY, **(refusals or {})}),
        },
    }


def _content(schema: str, example: Any = None) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    if example is not None:
        content["example"] = example
    return {"application/json": content}


def whole(openapi: dict[str, Any]) -> dict[str, Any]:
    """The description that FastAPI makes of its own paths, with the others' and all refusals."""
    whole = copy.deepcopy(openapi)
    whole["paths"] = copy.deepcopy({**_paths(), **whole["paths"]})
    components = whole.setdefault("components", {})
    components["schemas"] = {**components.get("schemas", {}), **SCHEMAS}
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    whole["security"] = [{"token": []}, {}]
    whole["paths"]["/healthz"]["get"]["security"] = []
    whole["paths"]["/"]["get"]["responses"]["307"] = {"description": "To /docs"}
    for path, methods in whole["paths"].items():
        for operation in methods.values():
            _say_refusals(path, operation["responses"])
    return whole


def _say_refusals(path: str, responses: dict[str, Any]) -> None:
    responses.pop("422", None)  # FastAPI's; here it is 400
    statuses = {**_ALWAYS, **(_OF_A_NAME if "{" in path else {})}
    if path in _OPEN:
        statuses = {s: text for s, text in statuses.items() if s not in ("401", "421")}
    for status, said in _refused(statuses).items():
        described = responses.setdefault(status, said)
        if described is not said and described.get("content") != said["content"]:
            [own] = [each["schema"] for each in described["content"].values()]
            either = {"oneOf": [own, said["content"]["application/json"]["schema"]]}
            described["content"] = {"application/json": {"schema": either}}
    for status in sorted(responses):
        responses[status] = responses.pop(status)
