"""The models of a dataset, as BigQuery's REST API has them."""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bqml_proxy.errors import BigQueryError
from bqml_proxy.machine_learning import MachineLearning
from bqml_proxy.rest import Json, answer
from bqml_proxy.upstream import Upstream, answer_of


@dataclass
class Datasets:
    """The API's models.*, and datasets.delete, which takes models with it."""

    upstream: Upstream
    machine_learning: MachineLearning

    async def list_models(self, request: Request, project: str, dataset: str) -> Response:
        found = await run_in_threadpool(self.machine_learning.models, project, dataset)
        start = int(request.query_params.get("pageToken") or 0)
        size = int(request.query_params.get("maxResults") or 0) or len(found)
        listed: Json = {"models": found[start : start + size]}
        if start + size < len(found):
            listed["nextPageToken"] = str(start + size)
        return answer(listed)

    async def get_model(self, _: Request, project: str, dataset: str, model: str) -> Response:
        return answer(await run_in_threadpool(self.machine_learning.model, project, dataset, model))

    async def delete_model(self, _: Request, project: str, dataset: str, model: str) -> Response:
        await run_in_threadpool(self.machine_learning.delete, project, dataset, model)
        return Response(status_code=204)

    async def delete_dataset(self, request: Request, project: str, dataset: str) -> Response:
        """datasets.delete: models go with their dataset, and keep it from going without them."""
        models = await run_in_threadpool(self.machine_learning.models, project, dataset)
        if models and request.query_params.get("deleteContents", "").lower() != "true":
            raise BigQueryError(
                400, "resourceInUse", f"Dataset {project}:{dataset} is still in use"
            )
        got = await self.upstream.send(request)
        if got.is_success:
            for model in models:
                name = model["modelReference"]["modelId"]
                await run_in_threadpool(self.machine_learning.delete, project, dataset, name)
        return answer_of(got)
