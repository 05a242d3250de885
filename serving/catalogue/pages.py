"""The catalogue's pages: search, a feature, a model.

They show a snapshot (`python -m serving catalogue`), which is read again when the file changes, and
open no warehouse. Nothing is loaded from elsewhere, and no script or style stands in a page: the
policy that is sent with each forbids it.
"""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from serving.catalogue import plots, snapshot
from serving.catalogue.addresses import feature_path
from serving.catalogue.files import CatalogueError
from serving.catalogue.graph import lineage_graph
from serving.catalogue.search import FILTERS, Found, all_found, choices, matching
from serving.catalogue.snapshot import Catalogue
from serving.manifest import manifest_path
from web_server.headers import Headers

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


def create_app(path: Path | None = None) -> Headers:
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
        graph = lineage_graph(catalogue, node, one["feature_name"], root) if node else None
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
            graph=lineage_graph(catalogue, node, None, root) if node else None,
        )

    async def say_http(request: Request, error: Exception) -> Response:
        given = {"heading": "Nothing here", "message": error.detail, "catalogue": None}
        return page(request, "error.html", error.status_code, **given)

    async def say(request: Request, error: Exception) -> Response:
        given = {"heading": "Nothing to show yet", "message": str(error), "catalogue": None}
        return page(request, "error.html", 503, **given)

    app = Starlette(
        routes=[
            Route("/", search, name="search"),
            Route("/feature/{view}/{version:int}/{feature}", feature, name="feature"),
            Route("/model/{name}", model, name="model"),
            Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
        ],
        exception_handlers={HTTPException: say_http, CatalogueError: say},
    )
    return Headers(app, HEADERS)


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
