"""Headers of the dashboard's answers."""

from __future__ import annotations

from tornado.httputil import HTTPHeaders
from tornado.web import OutputTransform

PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
}


class PageHeaders(OutputTransform):
    """Keeps pages out of caches and of other sites' frames.

    A page holds the client's number, and the token of a session that soon ends: the
    back button must not bring a copy that can no longer connect.
    """

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Add the headers to an answer that is a page."""
        if headers.get("Content-Type", "").startswith("text/html"):
            for name, value in PAGE_HEADERS.items():
                headers.setdefault(name, value)
        return status_code, headers, chunk
