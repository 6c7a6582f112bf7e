"""Whether a new training run could give another champion."""

from psycopg2 import extensions

from training.fingerprint import code_fingerprint, data_fingerprint
from training.options import TrainingOptions
from training.registry import ModelRegistry


def unchanged_champion(
    connection: extensions.connection, registry: ModelRegistry, options: TrainingOptions
) -> str | None:
    """Return the champion if a new run could only make it again, else None."""
    manifest = registry.champion_manifest()
    if manifest is None:
        return None
    with connection:
        fingerprint = data_fingerprint(connection)
    training = manifest["training"]
    is_same = (
        manifest["data_fingerprint"] == fingerprint
        and training.get("options") == options.to_dict()
        and training.get("code_fingerprint") == code_fingerprint()
    )
    return str(manifest["version"]) if is_same else None
