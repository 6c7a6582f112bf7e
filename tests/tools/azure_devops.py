"""Azure DevOps' work items on this machine, as its REST reference 7.1 describes them.

It answers what is documented and refuses what is not: other media types, fields that
the Scrum process lacks, links to nowhere, requests without the token.
"""

from __future__ import annotations

import base64
import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jsonschema

TOKEN = "token-of-the-local-board"
PROJECT = "Credit scoring"
TEXT = {"type": "string", "minLength": 1}
FIELDS = {
    "System.Title": {**TEXT, "maxLength": 255},
    "System.Description": TEXT,
    "System.Tags": {**TEXT, "pattern": r"^[^,]+$"},
    "Microsoft.VSTS.Common.AcceptanceCriteria": TEXT,
    "Microsoft.VSTS.Common.Priority": {"type": "integer", "minimum": 1, "maximum": 4},
    "Microsoft.VSTS.Scheduling.Effort": {"type": "number", "minimum": 0},
}
STORIES_ONLY = {
    "Microsoft.VSTS.Common.AcceptanceCriteria",
    "Microsoft.VSTS.Scheduling.Effort",
}
KINDS = {"Epic": None, "Feature": "Epic", "Product Backlog Item": "Feature"}
LINK = {
    "type": "object",
    "required": ["rel", "url"],
    "additionalProperties": False,
    "properties": {
        "rel": {"const": "System.LinkTypes.Hierarchy-Reverse"},
        "url": {"type": "string", "format": "uri"},
    },
}
OPERATION = {
    "type": "object",
    "required": ["op", "path", "value"],
    "additionalProperties": False,
    "properties": {"op": {"const": "add"}, "path": TEXT, "value": {}},
    "oneOf": [
        *(
            {"properties": {"path": {"const": f"/fields/{name}"}, "value": value}}
            for name, value in FIELDS.items()
        ),
        {"properties": {"path": {"const": "/relations/-"}, "value": LINK}},
    ],
}
PATCH = {"type": "array", "minItems": 1, "items": OPERATION}
QUERY = {
    "type": "object",
    "required": ["query"],
    "additionalProperties": False,
    "properties": {"query": {"type": "string", "pattern": "^select .* from WorkItems"}},
}
BATCH = {
    "type": "object",
    "required": ["ids", "fields"],
    "additionalProperties": False,
    "properties": {
        "ids": {"type": "array", "minItems": 1, "maxItems": 200},
        "fields": {"type": "array", "items": TEXT},
    },
}


class Board(ThreadingHTTPServer):
    """The items of one project, and how often each way was called."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Requests)
        self.items: dict[int, dict[str, Any]] = {}
        self.calls: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/bank"

    def link(self, number: int) -> str:
        return f"{self.url}/_apis/wit/workItems/{number}"


class RefusedError(Exception):
    """The request is not what is documented."""


class Requests(BaseHTTPRequestHandler):
    server: Board

    def do_POST(self) -> None:
        self.answer("POST")

    def do_PATCH(self) -> None:
        self.answer("PATCH")

    def log_message(self, format: str, *args: object) -> None:
        pass

    def answer(self, method: str) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        address = urlsplit(self.path)
        expected = base64.b64encode(f":{TOKEN}".encode()).decode()
        if self.headers["Authorization"] != f"Basic {expected}":
            return self.send(203, {"message": "sign in"})
        try:
            if parse_qs(address.query).get("api-version") != ["7.1"]:
                raise RefusedError("no api-version 7.1")
            start = "/bank/Credit%20scoring/_apis/wit/"
            if not address.path.startswith(start):
                raise RefusedError(f"no such project: {address.path}")
            way = f"{method} {address.path.removeprefix(start)}"
            self.server.calls.append(way)
            self.send(200, self.done(way, body))
        except (RefusedError, jsonschema.ValidationError) as error:
            self.send(400, {"message": str(error)})

    def done(self, way: str, body: Any) -> dict[str, Any]:
        if way == "POST wiql":
            self.check(body, QUERY, "application/json")
            return {"workItems": [{"id": n} for n in self.server.items]}
        if way == "POST workitemsbatch":
            self.check(body, BATCH, "application/json")
            return {"value": [self.server.items[number] for number in body["ids"]]}
        if kind := re.fullmatch(r"POST workitems/\$(.+)", way):
            return self.made(unquote(kind[1]), body)
        if number := re.fullmatch(r"PATCH workitems/(\d+)", way):
            self.check(body, PATCH, "application/json-patch+json")
            item = self.server.items[int(number[1])]
            item["fields"] |= written(body)
            return item
        raise RefusedError(f"no such call: {way}")

    def made(self, kind: str, body: Any) -> dict[str, Any]:
        self.check(body, PATCH, "application/json-patch+json")
        if kind not in KINDS:
            raise RefusedError(f"The Scrum process has no {kind}")
        fields = written(body)
        if kind != "Product Backlog Item" and STORIES_ONLY & fields.keys():
            raise RefusedError(f"{kind} has no such field")
        number = len(self.server.items) + 1
        parents = [o["value"]["url"] for o in body if o["path"] == "/relations/-"]
        above = [
            self.server.items[int(url.rsplit("/", 1)[1])]["fields"]
            for url in parents
            if url.startswith(self.server.url)
        ]
        wanted = [KINDS[kind]] if KINDS[kind] else []
        if [item["System.WorkItemType"] for item in above] != wanted:
            raise RefusedError(f"{kind} is to be below {wanted}")
        self.server.items[number] = {
            "id": number,
            "url": self.server.link(number),
            "fields": {**fields, "System.WorkItemType": kind},
            "parents": parents,
        }
        return self.server.items[number]

    def check(self, body: Any, schema: dict[str, Any], media_type: str) -> None:
        if self.headers["Content-Type"] != media_type:
            raise RefusedError(
                f"{self.headers['Content-Type']} in place of {media_type}"
            )
        jsonschema.validate(body, schema)

    def send(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def written(patch: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        operation["path"].removeprefix("/fields/"): operation["value"]
        for operation in patch
        if operation["path"].startswith("/fields/")
    }
