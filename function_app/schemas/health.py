"""What the calls on health answer."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from function_app.schemas.base import Answer


class LiveAnswer(Answer):
    """The process is there."""

    status: Annotated[Literal["alive"], Field(examples=["alive"])] = "alive"


class ReadinessCheck(Answer):
    """One thing that scoring needs."""

    name: Annotated[
        Literal["artefact", "database", "decision_log", "features", "process"],
        Field(description="What was looked at."),
    ]
    status: Annotated[
        Literal["ok", "warning", "failed", "unknown"],
        Field(
            description="`unknown` where an earlier failure hides it; a `warning` is "
            "for people, and scoring goes on."
        ),
    ]
    detail: Annotated[
        str | None, Field(description="What is wrong, where something is.")
    ] = None


READY_EXAMPLE: dict[str, Any] = {
    "status": "ready",
    "checks": [
        {"name": "artefact", "status": "ok"},
        {"name": "database", "status": "ok"},
        {"name": "decision_log", "status": "ok"},
        {"name": "features", "status": "ok"},
    ],
}


class ReadyAnswer(Answer):
    """Everything that scoring needs is there."""

    model_config = ConfigDict(json_schema_extra={"examples": [READY_EXAMPLE]})

    status: Literal["ready"] = "ready"
    checks: list[ReadinessCheck]
