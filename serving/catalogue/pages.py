"""The catalogue's pages: search, a feature, a model.

They show a snapshot (`python -m serving catalogue`), which is read again when the file changes, and
open no warehouse. Nothing is loaded from elsewhere, and no script or style stands in a page: the
policy that is sent with each forbids it.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.catalogue import plots, snapshot
from serving.catalogue.files import CatalogueError
from serving.catalogue.snapshot import Catalogue
from serving.registry import manifest_path

HERE = Path(__file__).parent
#: most rows of one answer; the others are told of
MOST = 100
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}
FILTERS = ("kind", "entity", "tag", "owner", "type")


class _Headers:
    """Sends HEADERS with every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", ()),
                    *((name.encode(), value.encode()) for name, value in HEADERS.items()),
                ]
            await send(message)

        await self.app(scope, receive, sent)


class _Snapshot:
    """The newest snapshot in the file; read again when the file is another one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple | None = None
        self._catalogue: Catalogue | None = None
        self.found: list[Found] = []
        self.choices: dict[str, list[str]] = {}

    def get(self) -> Catalogue:
        try:
            found = self._path.stat()
            stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        except OSError:
            stamp = None
        if self._catalogue is None or stamp != self._stamp:
            self._catalogue = snapshot.read(self._path)
            self.found = all_found(self._catalogue)
            self.choices = choices(self.found)
            self._stamp = stamp
        return self._catalogue


@dataclass(frozen=True)
class Found:
    """One line of an answer: a feature or a model, and the words it is found by."""

    kind: str
    name: str
    path: str
    item: dict
    words: str
    filters: dict[str, frozenset[str]]


def create_app(path: Path | None = None) -> Starlette:
    """The pages of the snapshot at `path`, beside dbt's manifest if not given.

    An ASGI application to be mounted anywhere; its links follow `root_path`.
    """
    newest = _Snapshot(Path(path) if path else manifest_path().with_name(snapshot.FILE))
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "number": plots.number,
        "moment": moment,
        "percent": percent,
        "option": option,
    }
    templates.globals |= {"plots": plots}

    def page(request: Request, name: str, status: int = 200, **given: object) -> HTMLResponse:
        root = request.scope.get("root_path", "").rstrip("/")
        text = templates.get_template(name).render(
            root=root, base=str(request.base_url).rstrip("/"), **given
        )
        return HTMLResponse(text, status)

    async def search(request: Request) -> Response:
        catalogue = newest.get()
        asked = {name: request.query_params.get(name, "") for name in ("q", *FILTERS)}
        found = matching(newest.found, asked)
        part = "results.html" if request.query_params.get("part") else "search.html"
        return page(
            request,
            part,
            catalogue=catalogue,
            asked=asked,
            found=found[:MOST],
            total=len(found),
            most=MOST,
            choices=newest.choices,
            of_kind=Counter({"feature": 0, "model": 0} | Counter(one.kind for one in found)),
        )

    async def feature(request: Request) -> Response:
        catalogue = newest.get()
        view, version = request.path_params["view"], request.path_params["version"]
        name = request.path_params["feature"]
        one = catalogue.feature(view, version, name)
        if one is None:
            raise HTTPException(404, f"There is no feature {name!r} in {view} version {version}.")
        versions = [
            other
            for other in catalogue.features
            if (other["view_name"], other["feature_name"]) == (view, one["feature_name"])
        ]
        node = catalogue.node_of_view(view, version)
        root = request.scope.get("root_path", "").rstrip("/")
        graph = _graph(catalogue, node, one["feature_name"], root) if node else None
        metrics = defaultdict(list)
        for point in one["drift"]:
            metrics[point["model_name"], point["metric"]].append(point)
        return page(
            request,
            "feature.html",
            catalogue=catalogue,
            one=one,
            versions=versions,
            graph=graph,
            drift=dict(metrics),
            models=[catalogue.model(name) for name in one["models"] if catalogue.model(name)],
            training=training_example(one),
            online=online_example(one, str(request.base_url).rstrip("/")),
        )

    async def model(request: Request) -> Response:
        catalogue = newest.get()
        one = catalogue.model(request.path_params["name"])
        if one is None:
            raise HTTPException(404, f"There is no trained model {request.path_params['name']!r}.")
        node = catalogue.node_of_model(one["model_name"])
        root = request.scope.get("root_path", "").rstrip("/")
        used = [each for each in catalogue.features if one["model_name"] in each["models"]]
        # a training set gives features their own names, so a link follows the name
        by_name = {each["feature_name"]: root + feature_path(each) for each in used}
        area = next((m["value"] for m in one["metrics"] if m["metric"] == "roc_auc"), None)
        others = [
            each
            for each in catalogue.models
            if each["use_case"] == one["use_case"] and each is not one
        ]
        return page(
            request,
            "model.html",
            catalogue=catalogue,
            one=one,
            used=used,
            others=others,
            area=area,
            href=by_name.get,
            graph=_graph(catalogue, node, None, root) if node else None,
        )

    async def say_http(request: Request, error: Exception) -> Response:
        given = {"heading": "Nothing here", "message": error.detail, "catalogue": None}
        return page(request, "error.html", error.status_code, **given)

    async def say(request: Request, error: Exception) -> Response:
        given = {"heading": "Nothing to show yet", "message": str(error), "catalogue": None}
        return page(request, "error.html", 503, **given)

    return Starlette(
        routes=[
            Route("/", search, name="search"),
            Route("/feature/{view}/{version:int}/{feature}", feature, name="feature"),
            Route("/model/{name}", model, name="model"),
            Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
        ],
        middleware=[Middleware(_Headers)],
        exception_handlers={HTTPException: say_http, CatalogueError: say},
    )


# ---- search --------------------------------------------------------------------------------------


def feature_path(one: dict) -> str:
    view, name = quote(one["view_name"], safe=""), quote(one["feature_name"], safe="")
    return f"/feature/{view}/{one['view_version']}/{name}"


def model_path(name: str) -> str:
    return f"/model/{quote(name, safe='')}"


def all_found(catalogue: Catalogue) -> list[Found]:
    """Everything that can be found, latest versions first."""
    features = [
        Found(
            "feature",
            one["feature_name"],
            feature_path(one),
            one,
            _words(
                one,
                "feature_name",
                "view_name",
                "description",
                "view_description",
                "entity",
                "owner",
                "data_type",
                "tags",
                "services",
            ),
            {
                "kind": frozenset(["feature"]),
                "entity": _set(one["entity"]),
                "tag": frozenset(one["tags"]),
                "owner": _set(one["owner"]),
                "type": _set(one["data_type"]),
            },
        )
        for one in catalogue.features
    ]
    models = [
        Found(
            "model",
            one["model_name"],
            model_path(one["model_name"]),
            one,
            _words(
                one,
                "model_name",
                "use_case",
                "description",
                "model_type",
                "label",
                "owner",
                "tags",
                "service",
            ),
            {
                "kind": frozenset(["model"]),
                "entity": frozenset(),
                "tag": frozenset(one["tags"]),
                "owner": _set(one["owner"]),
                "type": _set(one["model_type"]),
            },
        )
        for one in catalogue.models
    ]
    return [*features, *models]


def _words(one: dict, *names: str) -> str:
    parts = (one.get(name) for name in names)
    return " ".join(
        " ".join(part) if isinstance(part, list) else str(part) for part in parts if part
    ).lower()


def _set(value: str | None) -> frozenset[str]:
    return frozenset([value] if value else [])


def matching(everything: list[Found], asked: dict[str, str]) -> list[Found]:
    """What holds every word, and passes every filter; names that begin with the words first."""
    words = asked["q"].lower().split()
    found = [
        one
        for one in everything
        if all(word in one.words for word in words)
        and all(asked[name] in one.filters[name] for name in FILTERS if asked[name])
    ]
    text = "_".join(words)
    return sorted(
        found,
        key=lambda one: (
            not (text and one.name.startswith(text)),
            bool(text) and text not in one.name,
            not one.item.get("is_latest", True),
        ),
    )


def choices(everything: list[Found]) -> dict[str, list[str]]:
    return {
        name: sorted({value for one in everything for value in one.filters[name]})
        for name in FILTERS
    }


# ---- what a page says ----------------------------------------------------------------------------


def _graph(catalogue: Catalogue, node: str, column: str | None, root: str):
    """Everything that the column, or the trained model, comes from and leads to."""
    columns: dict[str, set[str]] = defaultdict(set)
    edges: dict[tuple[str, str], bool] = {}
    for upwards in (True, False):
        waiting, seen = [(node, column)], set()
        while waiting:
            place = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            here, name = place
            columns[here] |= {name} if name else set()
            for there, other, gap in _next_to(catalogue, here, name, upwards):
                # what evaluates or watches a model leads nowhere
                if not upwards and catalogue.nodes[there]["kind"] in ("evaluation", "drift"):
                    continue
                edge = (there, here) if upwards else (here, there)
                edges[edge] = edges.get(edge, True) and bool(gap)
                waiting.append((there, other))
    if len(columns) < 2:
        return None
    boxes = {}
    for here, names in columns.items():
        about = catalogue.nodes[here]
        href = None
        if about["kind"] == "model":
            href = root + model_path(about["name"])
        elif about["kind"] == "feature view":
            view, _, version = about["name"].partition(".v")
            for name in sorted(names):
                one = catalogue.feature(view, int(version or 1), name)
                href = root + feature_path(one) if one else href
        boxes[here] = {
            "name": about["name"],
            "short": _short_name(about),
            "kind": about["kind"],
            "columns": names,
            "href": href if here != node else None,
        }
    unsure = {(above, below, gap) for (above, below), gap in edges.items()}
    return plots.lineage(boxes, unsure, node)


def _short_name(node: dict) -> str:
    """A relation's name without what its kind says already."""
    owner, _, thing = node["name"].partition("__")
    match node["kind"]:
        case "lake":
            return thing
        case "feature view":
            return node["name"].removeprefix("feat_")
        case "model":
            variant = thing.removeprefix("model").removeprefix("_")
            return owner.removeprefix("ml_") + (f" · {variant}" if variant else "")
        case "training set" | "predictions":
            return owner.removeprefix("ml_")
    return node["name"]


def _next_to(catalogue: Catalogue, node: str, column: str | None, upwards: bool):
    """One step; of counted rows, to all that the relation is made of."""
    if not upwards:
        yield from catalogue.below[node, column]
    elif column is None and catalogue.nodes[node]["kind"] != "model":
        for name in sorted(catalogue.columns_of[node], key=str):
            for there, _, gap in catalogue.above[node, name]:
                yield there, None, gap
    else:
        yield from catalogue.above[node, column]


def training_example(one: dict) -> str:
    keys = "".join(f"{key}, " for key in one["keys"])
    return (
        "with labels as (\n"
        f"    select {keys}predicted_at, label\n"
        "    from {{ ref('your_labels') }}\n"
        ")\n\n"
        "select * from {{ feature_join('labels', at='predicted_at', views=[\n"
        "    {\n"
        f"        'view': '{one['view_name']}', 'version': {one['view_version']},\n"
        f"        'columns': ['{one['feature_name']}'],\n"
        "    },\n"
        "]) }} as joined"
    )


def online_example(one: dict, base: str) -> str:
    entity = ", ".join(f'"{key}": "…"' for key in one["keys"])
    return (
        f"curl {base}/v1/views/{one['view_name']}:read \\\n"
        "    -H 'content-type: application/json' \\\n"
        "    -d '{\n"
        f'        "version": {one["view_version"]},\n'
        f'        "features": ["{one["feature_name"]}"],\n'
        f'        "entities": [{{{entity}}}]\n'
        "    }'"
    )


def moment(text: str | None) -> str:
    """A moment for people, in UTC."""
    if not text:
        return "–"
    parsed = datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
    return parsed.strftime("%Y-%m-%d %H:%M UTC")


def option(value: object) -> str:
    """A value of YAML as it would be written in a line."""
    if isinstance(value, list):
        return ", ".join(option(each) for each in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def percent(part: int | None, whole: int | None) -> str:
    return f"{(part or 0) / whole:.1%}" if whole else "–"
