"""The same application for the Azure Functions worker, with the daily drift report.

The Functions host lets every request through (anonymous level) because the application
checks the key itself, in the same way under every server.
"""

import logging
from datetime import UTC, datetime
from pathlib import Path

from azure.functions import AsgiFunctionApp, AuthLevel, TimerRequest

from function_app.app import create_app
from function_app.errors import DriftUnavailableError
from function_app.logs import log_event, places
from function_app.routes.services import Services
from function_app.settings import FunctionSettings, load_settings

# The folder of host.json; the worker may run in another one.
DEPLOYED_FOLDER = Path(__file__).resolve().parent.parent

# After the day it is about has ended in UTC, before the bank opens.
EVERY_MORNING = "0 0 4 * * *"


def build_function() -> AsgiFunctionApp:
    """Read the settings, and make a catch-all HTTP trigger and a timer trigger.

    Raises
    ------
    SettingsError
        If a setting is missing or cannot be used; the worker reports it to its host.
    """
    read = load_settings()
    settings = read.model_copy(update={"model_dir": DEPLOYED_FOLDER / read.model_dir})
    app = create_app(settings)
    function = AsgiFunctionApp(
        app, http_auth_level=AuthLevel.ANONYMOUS, function_name="scoring"
    )
    _add_drift_report(function, app.state.services, settings)
    return function


def _add_drift_report(
    function: AsgiFunctionApp, services: Services, settings: FunctionSettings
) -> None:
    @function.function_name("drift")
    @function.timer_trigger(arg_name="timer", schedule=EVERY_MORNING)
    def drift(timer: TimerRequest) -> None:
        report_day_before(services, settings)


def report_day_before(services: Services, settings: FunctionSettings) -> None:
    """Report on the last day that is over.

    Raises
    ------
    DriftUnavailableError
        If there is no report; the host counts the run as failed.
    """
    # The report alone needs these; a first answer need not wait for them.
    from function_app.drift import Period, reported

    try:
        reported(
            services.champion.get().model,
            Period.day_before(datetime.now(UTC)),
            settings.scoring_drift_dir,
        )
    except Exception as error:
        log_event(
            logging.ERROR,
            "drift_report_failed",
            error=type(error).__name__,
            places=places(error),
        )
        # The host logs messages: only those of the house are known to hold no values.
        raise DriftUnavailableError("The drift report failed; see the log.") from None
