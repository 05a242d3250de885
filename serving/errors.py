"""What can go wrong, each in one sentence. Everything raised on purpose is a `ServingError`."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar


class ServingError(Exception):
    """What is wrong, in one sentence that says what to do."""

    # what the server answers with
    http_status: ClassVar[int] = 500


class UnknownNameError(ServingError):
    """A view, version, feature, service or key that is not there."""

    http_status = 404


class ValueRefusedError(ServingError):
    """A value that is not of its column's type, or a key that is not whole."""

    http_status = 400


class UnsupportedError(ServingError):
    """What the online store cannot hold or a definition does not offer."""

    http_status = 400


class DefinitionError(ServingError):
    """A manifest that cannot be read, or says something the contract does not allow."""


class NotMaterializedError(ServingError):
    """The store has no table of this view version."""

    http_status = 503


class SchemaChangedError(NotMaterializedError):
    """The store holds the view version with other columns than the registry."""


class StoreUnavailableError(ServingError):
    """The store is down, unreadable or cannot be written."""

    http_status = 503


class LockedError(ServingError):
    """Somebody else is materializing."""

    http_status = 409


def unknown(what: str, name: object, known: Iterable[str], where: str = "") -> UnknownNameError:
    """One sentence that names what is unknown, what there is, and the nearest of it.

    >>> str(unknown("feature", "age", ["ages", "height"], " in feat_person@1"))
    "There is no feature 'age' in feat_person@1 (there are: ages, height); did you mean 'ages'?"
    """
    names = list(known)
    there = f"There is no {what} {name!r}{where}"
    if not names:
        return UnknownNameError(f"{there}: there is none at all.")
    verb = "is" if len(names) == 1 else "are"
    shown = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
    near = get_close_matches(str(name), names, n=1)
    meant = f"; did you mean {near[0]!r}?" if near else "."
    return UnknownNameError(f"{there} (there {verb}: {shown}){meant}")
