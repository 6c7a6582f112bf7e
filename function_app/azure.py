"""The same application for the Azure Functions worker.

The Functions host lets every request through (anonymous level) because the application
checks the key itself, in the same way under every server.
"""

from pathlib import Path

from azure.functions import AsgiFunctionApp, AuthLevel

from function_app.app import create_app
from function_app.settings import load_settings

# The folder of host.json; the worker may run in another one.
DEPLOYED_FOLDER = Path(__file__).resolve().parent.parent


def build_function() -> AsgiFunctionApp:
    """Read the settings and wrap the application in one catch-all HTTP trigger.

    Raises
    ------
    SettingsError
        If a setting is missing or cannot be used; the worker reports it to its host.
    """
    settings = load_settings()
    folder = DEPLOYED_FOLDER / settings.model_dir
    app = create_app(settings.model_copy(update={"model_dir": folder}))
    return AsgiFunctionApp(
        app, http_auth_level=AuthLevel.ANONYMOUS, function_name="scoring"
    )
