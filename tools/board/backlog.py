"""Read the product backlog and lay its tree out as work items of the Scrum process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tools.board.errors import BoardError

# Marks what came from the backlog; whatever else is on a board is left alone.
MARK = "backlog"

Key = Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
Text = Annotated[str, Field(min_length=1)]
# The longest that Azure Boards takes.
Title = Annotated[str, Field(min_length=1, max_length=255)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Story(_Strict):
    """Who wants what, why, and by what it is known to be done."""

    key: Key
    title: Title
    role: Text = Field(alias="as")
    want: Text
    benefit: Text = Field(alias="so")
    effort: int = Field(ge=1, le=100)
    priority: int = Field(ge=1, le=4)
    acceptance: tuple[Text, ...] = Field(min_length=1)


class Feature(_Strict):
    """A part of an epic that is delivered as a whole."""

    key: Key
    title: Title
    goal: Text
    stories: tuple[Story, ...] = Field(min_length=1)


class Epic(_Strict):
    """A part of the product."""

    key: Key
    title: Title
    goal: Text
    features: tuple[Feature, ...] = Field(min_length=1)


class Backlog(_Strict):
    """The whole product."""

    product: Title
    epics: tuple[Epic, ...] = Field(min_length=1)


@dataclass(frozen=True)
class WorkItem:
    """One item of the board.

    Attributes
    ----------
    tag
        The path of keys by which it is found again.
    parent
        The tag of the item above; none for an epic.
    fields
        Azure Boards' own reference names, without the tag.
    """

    tag: str
    parent: str | None
    kind: str
    fields: dict[str, str | int]

    @property
    def tags(self) -> str:
        """The tags on the board, by which it is known and found again."""
        return f"{MARK}; {self.tag}"

    @property
    def level(self) -> int:
        """1 for an epic, 2 for a feature, 3 for a story."""
        return self.tag.count("/") + 1


def read_backlog(path: Path) -> Backlog:
    """Read the file.

    Raises
    ------
    BoardError
        If it is not there or not in its form; the message names the place.
    """
    try:
        return Backlog.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BoardError(f"{path} cannot be read: {error.strerror}.") from error
    except yaml.YAMLError as error:
        raise BoardError(f"{path} is no YAML: {error}") from error
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
            for fault in error.errors(include_url=False)
        )
        raise BoardError(f"{path} is not in the backlog's form: {faults}") from error


def work_items(backlog: Backlog) -> list[WorkItem]:
    """Lay the tree out, each item after the one above it.

    Raises
    ------
    BoardError
        If two items have the same keys: one of them would overwrite the other.
    """
    items = list(_items(backlog))
    tags = [item.tag for item in items]
    if twice := sorted({tag for tag in tags if tags.count(tag) > 1}):
        raise BoardError(f"Keys that stand twice in the backlog: {', '.join(twice)}.")
    return items


def _items(backlog: Backlog) -> Iterator[WorkItem]:
    for epic in backlog.epics:
        yield WorkItem(epic.key, None, "Epic", _described(epic.title, epic.goal))
        for feature in epic.features:
            tag = f"{epic.key}/{feature.key}"
            fields = _described(feature.title, feature.goal)
            yield WorkItem(tag, epic.key, "Feature", fields)
            for story in feature.stories:
                yield _story_item(f"{tag}/{story.key}", tag, story)


def _story_item(tag: str, parent: str, story: Story) -> WorkItem:
    sentence = (
        f"As {_article(story.role)}, I want {story.want}, so that {story.benefit}."
    )
    criteria = "".join(
        f"<li>{escape(text, quote=False)}</li>" for text in story.acceptance
    )
    fields = {
        **_described(story.title, sentence),
        "Microsoft.VSTS.Common.AcceptanceCriteria": f"<ul>{criteria}</ul>",
        "Microsoft.VSTS.Common.Priority": story.priority,
        "Microsoft.VSTS.Scheduling.Effort": story.effort,
    }
    return WorkItem(tag, parent, "Product Backlog Item", fields)


def _described(title: str, text: str) -> dict[str, str | int]:
    return {
        "System.Title": title,
        "System.Description": f"<p>{escape(text, quote=False)}</p>",
    }


def _article(role: str) -> str:
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role}"
