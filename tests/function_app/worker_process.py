"""Run the Functions worker's library as its host does, in a process of its own.

Usage: ``python worker_process.py <folder of host.json>``; a list of batches of
requests comes as JSON on standard input, the requests of a batch are sent at once, and
what the worker answered goes as JSON to standard output. Packages that the function's
lock does not name cannot be imported: the environment is as bare as a deployed one.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

HERE = Path(__file__).resolve().parent
HOUSE = ("database", "function_app", "scoring")


class OnlyTheLock(MetaPathFinder):
    """Refuses modules of packages that the function's lock does not name."""

    def __init__(self, lock: Path) -> None:
        names = re.findall(r"^([A-Za-z0-9_.-]+)==", lock.read_text(), re.MULTILINE)
        locked = {_normalised(name) for name in names}
        self._refused = {
            module
            for module, packages in packages_distributions().items()
            if module not in HOUSE
            and not any(_normalised(package) in locked for package in packages)
        }

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] in self._refused:
            raise ModuleNotFoundError(
                f"{fullname} is not in the function's lock", name=fullname
            )
        return None


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def typed_request(messages: Any, function_id: str, request: dict[str, Any]) -> Any:
    query = dict(parse_qsl(urlsplit(request["url"]).query, keep_blank_values=True))
    http = messages.RpcHttp(
        method=request.get("method", "GET"),
        url=request["url"],
        headers=request.get("headers", {}),
        query=query,
        body=messages.TypedData(bytes=request.get("body", "").encode()),
    )
    return messages.StreamingMessage(
        invocation_request=messages.InvocationRequest(
            invocation_id=str(uuid4()),
            function_id=function_id,
            input_data=[
                messages.ParameterBinding(
                    name="req", data=messages.TypedData(http=http)
                )
            ],
        )
    )


def plain_response(response: Any) -> dict[str, Any]:
    if response.result.status != response.result.Success:
        return {"failure": response.result.exception.message}
    http = response.return_value.http
    return {
        "status": int(http.status_code),
        "headers": dict(http.headers),
        "body": http.body.bytes.decode(),
    }


async def converse(folder: str, batches: list[list[dict[str, Any]]]) -> dict[str, Any]:
    import azure_functions_runtime as worker

    sys.path.insert(0, str(HERE.parent.parent))
    from tests.function_app.worker_messages import message_classes

    sys.path.pop(0)
    messages = message_classes()
    sys.meta_path.insert(0, OnlyTheLock(Path(folder) / "requirements.txt"))

    def wrapped(content: Any) -> Any:
        return SimpleNamespace(
            request=content, properties={"host": "127.0.0.1", "protos": messages}
        )

    start = messages.StreamingMessage(
        worker_init_request=messages.WorkerInitRequest(
            host_version="4", function_app_directory=folder
        )
    )
    started = await worker.worker_init_request(wrapped(start))
    if started.result.status != started.result.Success:
        return {"failure": started.result.exception.message}
    listed = await worker.functions_metadata_request(wrapped(None))
    (function,) = listed.function_metadata_results
    load = messages.StreamingMessage(
        function_load_request=messages.FunctionLoadRequest(
            function_id=function.function_id, metadata=function
        )
    )
    loaded = await worker.function_load_request(wrapped(load))
    responses = []
    for batch in batches:
        answered = await asyncio.gather(
            *(
                worker.invocation_request(
                    wrapped(typed_request(messages, function.function_id, request))
                )
                for request in batch
            )
        )
        responses.append([plain_response(response) for response in answered])
    return {
        "name": function.name,
        "bindings": [json.loads(binding) for binding in function.raw_bindings],
        "loaded": loaded.result.status == loaded.result.Success,
        "package": sys.modules["function_app"].__file__,
        "responses": responses,
    }


if __name__ == "__main__":
    deployed = sys.argv[1]
    sys.path[0] = deployed
    print(json.dumps(asyncio.run(converse(deployed, json.load(sys.stdin)))))
