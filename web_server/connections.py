"""One connection: uvicorn's, which parses and answers, held to the limits of the server."""

from collections.abc import Callable
from enum import Enum
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from web_server.headers import HEADERS, encoded
from web_server.limits import TOLD, Limits

#: of a status and a sentence the media type and the body of an answer
Refusal = Callable[[int, str], tuple[bytes, bytes]]

# seconds after which a head that is not whole makes room for another connection
_IN_THE_WAY = 1
# seconds in which a request that was sent before a stop arrives
_ON_THE_WAY = 0.2


class _Phase(Enum):
    """What a connection is waiting for."""

    IDLE = "the next request, or the answer to the last"
    HEAD = "the rest of a request's head"
    BODY = "the rest of its body"


class Connection(HttpToolsProtocol):
    """A connection that ends when its client takes too long, and says why where it can."""

    def __init__(self, limits: Limits, refusal: Refusal, **given: Any) -> None:
        super().__init__(**given)
        self._limits = limits
        self._refusal = refusal
        self._phase = _Phase.HEAD
        self._waited = 0.0  # seconds for what it waits for
        self._taken = 0  # bytes of this head or body
        self._unread = 0  # bytes of answers that the client has not taken
        self._unread_seconds = 0.0
        self._stopping = False

    @property
    def is_idle(self) -> bool:
        """Whether it has had its answers and waits for another request."""
        return self._phase is _Phase.IDLE and self._is_answered and not self.transport.is_closing()

    @property
    def _is_answered(self) -> bool:
        return not self.pipeline and (self.cycle is None or self.cycle.response_complete)

    @property
    def waits_in_vain(self) -> bool:
        """Whether it may be ended to make room for another."""
        is_late = self._phase is _Phase.HEAD and self._waited >= _IN_THE_WAY
        return self.is_idle or (is_late and self._is_answered and not self.transport.is_closing())

    @property
    def waited(self) -> float:
        """For how many seconds it has waited for what it waits for."""
        return self._waited

    def connection_made(self, transport: Any) -> None:
        """Serve it; one too many takes the place of one that is idle, or is told to come again."""
        super().connection_made(transport)
        surplus = len(self.connections) - self._limits.most
        if surplus <= 0:
            return
        others = [each for each in self.connections - {self} if each.waits_in_vain]
        if others:
            max(others, key=lambda each: (each.is_idle, each.waited)).end()
        elif surplus <= TOLD:
            self.app = self._busy
        else:
            self._refuse(503, _BUSY)

    def data_received(self, data: bytes) -> None:
        """Parse it. A head of too many bytes is refused."""
        if self.is_idle:
            self._wait_for(_Phase.HEAD)
        if self._phase is _Phase.HEAD:
            self._taken += len(data)
        super().data_received(data)
        if self._phase is _Phase.HEAD and self._taken > self._limits.head_bytes:
            most = self._limits.head_bytes
            self._refuse(431, f"The head of a request has at most {most} bytes.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._phase is not _Phase.HEAD:
            self._wait_for(_Phase.HEAD)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._wait_for(_Phase.BODY)
        if self._stopping:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        self._taken += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._wait_for(_Phase.IDLE)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._phase is _Phase.IDLE:
            self._waited = 0.0

    def send_400_response(self, msg: str) -> None:
        """What uvicorn calls when a request cannot be parsed."""
        self._refuse(400, "This is no request of HTTP/1.1.")

    def look(self, passed: float) -> None:
        """End it if its client takes too long; `passed` seconds since the last look."""
        limits = self._limits
        if self._is_left_unread(passed):
            self.give_up()
            return
        if self.transport.is_closing() or self.flow.read_paused:  # it is not the client's turn
            return
        if self._phase is not _Phase.BODY and not self._is_answered:
            return
        self._waited += passed
        if self._phase is _Phase.IDLE and self._waited > limits.idle_seconds:
            self.end()
        elif self._phase is _Phase.HEAD and self._waited > limits.head_seconds:
            self._refuse(408, f"A request's head is here within {limits.head_seconds:g} seconds.")
        elif self._phase is _Phase.BODY:
            least = limits.bytes_per_second
            if self._waited > limits.body_seconds + self._taken / least:
                self._refuse(408, f"The body came too slowly: send {least} bytes a second or more.")

    def end(self) -> None:
        """Close it; what is written is sent first."""
        if not self.transport.is_closing():
            self.transport.close()

    def shutdown(self) -> None:
        """Answer what was sent, and close; what uvicorn calls when the server stops."""
        self._stopping = True
        if self._is_answered:
            self.loop.call_later(_ON_THE_WAY, self._end_if_answered)
        else:
            last = self.pipeline[0][0] if self.pipeline else self.cycle
            last.keep_alive = False

    def _end_if_answered(self) -> None:
        if self._is_answered:
            self.end()

    def _wait_for(self, phase: _Phase) -> None:
        self._phase = phase
        self._waited = 0.0
        self._taken = 0

    def _is_left_unread(self, passed: float) -> bool:
        """Whether the client has not read its answers for too long."""
        before, self._unread = self._unread, self.transport.get_write_buffer_size()
        # while an answer is written and not held up, the server may be what is slow
        is_whole = self._is_answered or self.transport.is_closing()
        if not self._unread or not (self.flow.write_paused or is_whole):
            self._unread_seconds = 0.0
            return False
        taken = max(0, before - self._unread) / self._limits.bytes_per_second
        self._unread_seconds = max(0.0, self._unread_seconds + passed - taken)
        return self._unread_seconds > self._limits.answer_seconds

    def _refuse(self, status: int, sentence: str) -> None:
        """Answer and close. Where another answer is under way, there is only the end."""
        if self.transport.is_closing():
            return
        cycle = self.cycle
        if self._is_answered or not (cycle.response_started or self.pipeline):
            self.transport.write(self._raw(status, sentence))
        self._tell_application()
        self.transport.close()

    def give_up(self) -> None:
        """End it at once."""
        self._tell_application()
        self.transport.abort()

    def _tell_application(self) -> None:
        """The client is gone, as far as what answers the request is concerned."""
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def _raw(self, status: int, sentence: str) -> bytes:
        headers, body = self._answer(status, sentence)
        lines = [STATUS_LINE[status]]
        for name, value in (*self.server_state.default_headers, *headers):
            lines += [name, b": ", value, b"\r\n"]
        return b"".join([*lines, b"\r\n", body])

    def _answer(self, status: int, sentence: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
        media_type, body = self._refusal(status, sentence)
        headers = [
            (b"content-type", media_type),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
            *encoded(HEADERS),
        ]
        if status == 503:
            headers.append((b"retry-after", b"1"))
        return headers, body

    async def _busy(self, _: Any, __: Any, send: Any) -> None:
        """The application of a connection too many."""
        headers, body = self._answer(503, _BUSY)
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": body})


_BUSY = "The server has as many connections as it can serve: try again in a moment."
