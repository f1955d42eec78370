"""How a request is answered: by the application, or with a refusal in this gateway's words."""

from __future__ import annotations

from typing import Any

from waitress.task import ErrorTask, Task, WSGITask

from gateway.faults import RefusalError
from gateway.soap.http import response_head


class _InOnePiece(Task):  # type: ignore[misc] # waitress publishes no types
    """Writes head and body at once: one call to the system, one packet for most answers."""

    wrote_header: bool
    content_bytes_written: int

    def write(self, data: bytes) -> None:
        """Write the whole body; anything but the whole goes waitress' way."""
        if self.wrote_header or not self.complete or not data or self.content_length != len(data):
            super().write(data)
            return
        head = self.build_response_header()
        self.wrote_header = True
        self.content_bytes_written = len(data)
        self.channel.write_soon(head + data)


class AnswerTask(_InOnePiece, WSGITask):  # type: ignore[misc] # waitress publishes no types
    """Hands the request to the application as it was sent."""

    def get_environment(self) -> dict[str, Any]:
        """As waitress has it, but for what it makes more of: methods in small letters, paths with slashes to spare."""
        environ: dict[str, Any] = super().get_environment()
        environ["REQUEST_METHOD"] = self.request.command
        environ["PATH_INFO"] = self.request.path
        return environ


class RefusalTask(_InOnePiece, ErrorTask):  # type: ignore[misc] # waitress publishes no types
    """Refuses a request, and closes: what follows on the connection cannot be told apart from the rest of it."""

    def execute(self) -> None:
        """Write the refusal."""
        error = self.request.error
        if not isinstance(error, RefusalError):
            error = RefusalError("server.internal", reason="HTTP.SERVER")
        reply = self.channel.server.refuse(error, self.channel.address)
        self.status, headers = response_head(reply)
        self.response_headers.extend(headers)
        self.set_close_on_finish()
        self.content_length = len(reply.body)
        self.write(b"" if self.request.command == "HEAD" else reply.body)
