"""Called by the Bokeh server when it starts and when it ends."""

import sys
from pathlib import Path

# `bokeh serve` puts this folder on the path, not the one that holds the packages.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bokeh.application.application import ServerContext

from bokeh_app.errors import SettingsError
from bokeh_app.services import close_shared_services, shared_services


def on_server_loaded(server_context: ServerContext) -> None:
    """Make what the sessions share, so that a wrong setting is told at once."""
    try:
        shared_services()
    except SettingsError as error:
        sys.exit(str(error))


def on_server_unloaded(server_context: ServerContext) -> None:
    """End the threads and connections."""
    close_shared_services()
