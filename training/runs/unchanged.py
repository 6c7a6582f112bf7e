"""Whether a new training run could give another model than there is."""

from psycopg2 import extensions

from training.data.fingerprint import code_fingerprint, data_fingerprint
from training.errors import RegistryError
from training.options import TrainingOptions
from training.registry.versions import ModelRegistry


def unchanged_version(
    connection: extensions.connection, registry: ModelRegistry, options: TrainingOptions
) -> str | None:
    """Return the version that a new run could only make again, if there is one.

    Challengers count too: what was once found worse need not be trained once more to
    be found worse again. Without a champion nothing counts, since a run then ends with
    one.
    """
    if not registry.champion_link.is_symlink():
        return None
    with connection:
        fingerprint = data_fingerprint(connection)
    code = code_fingerprint()
    for summary in registry.summaries():
        if summary.data_fingerprint != fingerprint or not summary.has_report:
            continue
        try:
            training = registry.manifest(summary.version)["training"]
        except RegistryError:
            continue
        if (
            training.get("options") == options.to_dict()
            and training.get("code_fingerprint") == code
        ):
            return summary.version
    return None
