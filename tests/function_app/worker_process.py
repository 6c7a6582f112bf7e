"""Run the Functions worker's library as its host does, in a process of its own.

Usage: ``python -I -S worker_process.py <folder of host.json> <folders of the worker's
own libraries>``; a list of batches of requests comes as JSON on standard input, the
requests of a batch are sent at once, and what the worker answered goes as JSON to
standard output. A request without an URL is the timer's. Nothing else is on the path:
the environment is as bare as a deployed one.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

HERE = Path(__file__).resolve().parent


def typed_request(messages: Any, function_id: str, request: dict[str, Any]) -> Any:
    if "url" not in request:
        return timer_request(messages, function_id)
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


def function_of(request: dict[str, Any]) -> str:
    return "scoring" if "url" in request else "drift"


def timer_request(messages: Any, function_id: str) -> Any:
    timer = messages.TypedData(json='{"IsPastDue": false, "Schedule": {}}')
    return messages.StreamingMessage(
        invocation_request=messages.InvocationRequest(
            invocation_id=str(uuid4()),
            function_id=function_id,
            input_data=[messages.ParameterBinding(name="timer", data=timer)],
        )
    )


def plain_response(response: Any) -> dict[str, Any]:
    if response.result.status != response.result.Success:
        return {"failure": response.result.exception.message}
    if not response.return_value.HasField("http"):
        return {"done": True}
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
    functions = {found.name: found for found in listed.function_metadata_results}
    for function in functions.values():
        load = messages.StreamingMessage(
            function_load_request=messages.FunctionLoadRequest(
                function_id=function.function_id, metadata=function
            )
        )
        loaded = await worker.function_load_request(wrapped(load))
        assert loaded.result.status == loaded.result.Success, function.name
    responses = []
    for batch in batches:
        answered = await asyncio.gather(
            *(
                worker.invocation_request(
                    wrapped(
                        typed_request(
                            messages,
                            functions[function_of(request)].function_id,
                            request,
                        )
                    )
                )
                for request in batch
            )
        )
        responses.append([plain_response(response) for response in answered])
    return {
        "bindings": {
            name: [json.loads(binding) for binding in function.raw_bindings]
            for name, function in functions.items()
        },
        "package": sys.modules["function_app"].__file__,
        "responses": responses,
    }


if __name__ == "__main__":
    deployed, *libraries = sys.argv[1:]
    packages = Path(deployed) / ".python_packages" / "lib" / "site-packages"
    sys.path[:0] = [deployed, str(packages)]
    sys.path.extend(libraries)
    print(json.dumps(asyncio.run(converse(deployed, json.load(sys.stdin)))))
