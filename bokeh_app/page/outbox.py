"""News for the browser, put together until it listens."""

from __future__ import annotations

from typing import Any

from bokeh_app.page.bridge import PageBridge


class Outbox:
    """Collects what changes on the page and sends it as one view.

    Before the browser shows the document its news would overwrite each other, so
    they are merged until `start`; afterwards each is sent at once.

    Parameters
    ----------
    bridge : PageBridge
    """

    def __init__(self, bridge: PageBridge) -> None:
        self._bridge = bridge
        self._waiting: dict[str, Any] = {}
        self._sent_count = 0
        self._is_started = False

    def start(self) -> None:
        """Send what waits, even if nothing does, as the browser listens now."""
        self._is_started = True
        self._send()

    def put(self, **view: Any) -> None:
        """Change the page.

        Parameters
        ----------
        view : dict
            `fragments` and `problems`: HTML by element or region; `selected` and
            `hidden`: values of lists, and whether it is hidden, by element;
            `chosen_variables` and `found_variables`: what a field that searches them
            shows; `file`: a name and a text to save; `busy` and `idle`: regions;
            `is_empty`: whether no client is shown; `client`, `title`, `announcement`,
            `suggestion_count`: texts and numbers; `costs`: where the sliders of costs
            stand, in numbers and words; `idle_warning`: whether the person is about to
            be signed out; `is_signed_out`: whether they are; `review`: whether an own
            decision was "kept", or still "waits" in its form.
        """
        for name, value in view.items():
            held = self._waiting.get(name)
            if isinstance(held, dict):
                held.update(value)
            elif isinstance(held, list):
                held.extend(value)
            else:
                self._waiting[name] = value
        if "idle" in view:
            # A reply that came before the browser did: nothing is busy any more.
            self._waiting["busy"] = [
                region
                for region in self._waiting.get("busy", [])
                if region not in view["idle"]
            ]
        if self._is_started:
            self._send()

    def _send(self) -> None:
        self._sent_count += 1
        # The number makes two equal views two events.
        view = {"number": self._sent_count, **self._waiting}
        self._bridge.update(view=view)
        self._waiting = {}
