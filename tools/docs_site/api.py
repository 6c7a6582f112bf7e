"""The scoring function's calls, from the description that it gives of itself."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr

from function_app.app import create_app
from function_app.settings import FunctionSettings


def describe_api() -> dict[str, Any]:
    """Return the OpenAPI document of the application, which is not started for it."""
    unused = FunctionSettings(scoring_api_key=SecretStr("only-to-read-the-paths"))
    return create_app(unused).openapi()


def calls_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the calls in the document's order, with their method and path."""
    return [
        {"method": method.upper(), "path": path, **operation}
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]


def type_of(schema: dict[str, Any]) -> str:
    """Name the type of a schema as a reader would."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(type_of(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f"`{one}`" for one in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {type_of(schema.get('items', {}))}"
    return str(schema.get("format", kind))
