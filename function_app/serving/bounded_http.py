"""HTTP as uvicorn speaks it fastest, for heads of a limited length."""

import logging

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from function_app.logs import log_event

# As uvicorn's slower parser has it; the longest head of ours takes a hundredth.
MOST_BYTES = 65_536


class BoundedHttpProtocol(HttpToolsProtocol):
    """Counts what comes besides bodies, which are the application's to limit.

    The parser keeps a head, or what follows a body in chunks, until it has seen the
    end of it: whoever never sends one would fill the memory, without any key.
    """

    _bytes_of_head = 0

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head is too long by now."""
        self._bytes_of_head += len(data)
        super().data_received(data)
        if self._bytes_of_head > MOST_BYTES and not self.transport.is_closing():
            log_event(logging.WARNING, "head_too_long")
            self.send_400_response(f"A head may have {MOST_BYTES} bytes at most.")

    def on_headers_complete(self) -> None:
        """Count anew after each head."""
        self._bytes_of_head = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Leave bodies to the application."""
        self._bytes_of_head = max(0, self._bytes_of_head - len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Count anew for the next request."""
        self._bytes_of_head = 0
        super().on_message_complete()
