"""Work items of one project, by Azure DevOps' REST API, version 7.1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from tools.board.backlog import MARK, WorkItem
from tools.board.errors import BoardError
from tools.board.settings import BoardSettings

_VERSION = {"api-version": "7.1"}
_PATCH = {"Content-Type": "application/json-patch+json"}
_MOST_IN_A_BATCH = 200
_SECONDS = 30


@dataclass(frozen=True)
class Present:
    """An item that is on the board already."""

    id: int
    url: str
    fields: Mapping[str, Any] = field(default_factory=dict)


class AzureBoards:
    """One project's board.

    Parameters
    ----------
    settings
        Its address and the token, which is sent to that address only.
    """

    def __init__(self, settings: BoardSettings) -> None:
        token = settings.azure_devops_ext_pat.get_secret_value()
        address = str(settings.azure_devops_url).rstrip("/")
        project = quote(settings.azure_devops_project, safe="")
        self._http = httpx.Client(
            base_url=f"{address}/{project}/_apis/wit/",
            auth=("", token),
            params=_VERSION,
            timeout=_SECONDS,
        )

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def present(self, names: Iterable[str]) -> dict[str, Present]:
        """Return the items that came from the backlog, by their tag.

        Parameters
        ----------
        names
            The fields to be read.
        """
        query = (
            "select [System.Id] from WorkItems where [System.TeamProject] = @project "
            f"and [System.Tags] contains '{MARK}'"
        )
        found = self._call("POST", "wiql", json={"query": query})["workItems"]
        ids = [item["id"] for item in found]
        fields = ["System.Id", "System.Tags", *names]
        items: dict[str, Present] = {}
        for start in range(0, len(ids), _MOST_IN_A_BATCH):
            body = {"ids": ids[start : start + _MOST_IN_A_BATCH], "fields": fields}
            for item in self._call("POST", "workitemsbatch", json=body)["value"]:
                here = Present(item["id"], item["url"], item["fields"])
                for tag in _tags(item["fields"]):
                    items.setdefault(tag, here)
        return items

    def create(self, item: WorkItem, parent: Present | None) -> Present:
        """Add an item below its parent."""
        patch = _field_patch({**item.fields, "System.Tags": item.tags})
        if parent is not None:
            link = {"rel": "System.LinkTypes.Hierarchy-Reverse", "url": parent.url}
            patch.append({"op": "add", "path": "/relations/-", "value": link})
        kind = quote(item.kind)
        made = self._call("POST", f"workitems/${kind}", json=patch, headers=_PATCH)
        return Present(made["id"], made["url"])

    def change(self, present: Present, fields: Mapping[str, str | int]) -> None:
        """Give an item's fields other values."""
        path = f"workitems/{present.id}"
        self._call("PATCH", path, json=_field_patch(fields), headers=_PATCH)

    def _call(self, method: str, path: str, **request: Any) -> Any:
        try:
            answer = self._http.request(method, path, **request)
        except httpx.HTTPError as error:
            raise BoardError(
                f"{self._http.base_url} does not answer: {error}. Check "
                "AZURE_DEVOPS_URL and the network; what was done before is kept."
            ) from error
        # A token that does not hold is answered by a page to sign in at, with 203.
        if answer.status_code in {203, 302, 401}:
            raise BoardError(
                "Azure DevOps does not take the token: make a new one for work items "
                "(read and write) and put it into AZURE_DEVOPS_EXT_PAT."
            )
        if not answer.is_success:
            raise BoardError(
                f"{method} {path} was answered with {answer.status_code}: "
                f"{_message(answer)}"
            )
        return answer.json()


def _tags(fields: Mapping[str, Any]) -> list[str]:
    return [tag.strip() for tag in str(fields.get("System.Tags", "")).split(";")]


def _field_patch(fields: Mapping[str, str | int]) -> list[dict[str, Any]]:
    return [
        {"op": "add", "path": f"/fields/{name}", "value": value}
        for name, value in fields.items()
    ]


def _message(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return answer.reason_phrase
