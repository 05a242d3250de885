"""What a server puts up with."""

import resource
from dataclasses import dataclass

#: connections beyond the limit that are still told so in answer to their requests
TOLD = 32
# files that a server opens beside its connections: its stores, its log, its libraries
_OTHER_FILES = 64


@dataclass(frozen=True)
class Limits:
    """How long a client may take, and how many there may be.

    connections: at once; one more is answered 503. Fewer if the process may open fewer files.
    head_bytes, head_seconds: of a request until its body, from the connection's first moment on.
    body_seconds: how long a body may take; each `bytes_per_second` bytes give it a second more.
    answer_seconds: how long a client may leave an answer unread; what it reads gives it more.
    idle_seconds: how long a connection stays between two requests.
    stop_seconds: how long a stop waits for the requests under way.
    """

    connections: int = 1000
    head_bytes: int = 2**16
    head_seconds: float = 10
    body_seconds: float = 30
    answer_seconds: float = 30
    bytes_per_second: int = 1000
    idle_seconds: int = 75  # longer than clients keep theirs, which then never break
    stop_seconds: int = 30

    @property
    def most(self) -> int:
        """Connections that are served at once, of as many files as the process may open."""
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return max(1, min(self.connections, files - _OTHER_FILES - TOLD))

    @property
    def look_every(self) -> float:
        """Seconds between two looks at the connections."""
        return min(1, *(s / 4 for s in (self.head_seconds, self.body_seconds, self.answer_seconds)))
