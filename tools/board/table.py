"""The backlog in the form that Azure Boards imports: a title column for each level."""

from __future__ import annotations

import csv
from typing import TextIO

from tools.board.backlog import WorkItem

_FIELDS = {
    "Description": "System.Description",
    "Acceptance Criteria": "Microsoft.VSTS.Common.AcceptanceCriteria",
    "Priority": "Microsoft.VSTS.Common.Priority",
    "Effort": "Microsoft.VSTS.Scheduling.Effort",
}
_TITLES = ("Title 1", "Title 2", "Title 3")
COLUMNS = ("Work Item Type", *_TITLES, *_FIELDS, "Tags")


def write_table(items: list[WorkItem], file: TextIO) -> None:
    """Write one row for each item, below its parent; new items have no ID column."""
    table = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\r\n")
    table.writeheader()
    for item in items:
        fields = {
            column: item.fields[name]
            for column, name in _FIELDS.items()
            if name in item.fields
        }
        title = {_TITLES[item.level - 1]: item.fields["System.Title"]}
        kind = {"Work Item Type": item.kind, "Tags": item.tags}
        table.writerow({**kind, **title, **fields})
