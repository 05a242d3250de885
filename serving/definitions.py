"""What a feature view and a feature service are, whoever says so."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from serving.errors import unknown
from serving.types import FeatureType


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature, or one key: a column of a view's contract."""

    name: str
    type: FeatureType
    description: str = ""


@dataclass(frozen=True, eq=False)
class FeatureView:
    """One version of a feature view.

    name, version     of the dbt model; 1 for a model without versions
    is_latest         whether it is the version that a reader without a version gets
    deprecation_date  until when it is kept, UTC; None: no end is set
    keys              one or several columns, in the order that a key has everywhere
    event_time        name of the column that says when it happened
    known_time        name of the column that says from when it could be known
    ttl               older than this it counts as absent; None: for ever
    online            whether it is materialized
    is_deleted        name of the BOOL column that takes an entity away, or None
    features          in the order of the contract
    relation          the table or view in the warehouse, quoted as its SQL needs it
    unique_id         of the node in the manifest
    """

    name: str
    version: int
    entity: str
    keys: tuple[Feature, ...]
    features: tuple[Feature, ...]
    event_time: str = "event_at"
    known_time: str = "known_at"
    ttl: timedelta | None = None
    online: bool = False
    owner: str | None = None
    tags: tuple[str, ...] = ()
    description: str = ""
    is_deleted: str | None = None
    is_latest: bool = True
    deprecation_date: datetime | None = None
    relation: str = ""
    unique_id: str = ""

    def __repr__(self) -> str:
        return f"<FeatureView {self.label}>"

    @cached_property
    def label(self) -> str:
        """`feat_airport__traffic@1`."""
        return f"{self.name}@{self.version}"

    @cached_property
    def key_names(self) -> tuple[str, ...]:
        return tuple(key.name for key in self.keys)

    @cached_property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(feature.name for feature in self.features)

    @cached_property
    def ttl_us(self) -> int | None:
        """The time to live in microseconds."""
        return None if self.ttl is None else self.ttl // timedelta(microseconds=1)

    @cached_property
    def schema_hash(self) -> str:
        """16 hexadecimal digits over what a store's table is made of: names and types, in order."""
        columns = [[(c.name, c.type.name) for c in group] for group in (self.keys, self.features)]
        return hashlib.sha256(json.dumps(columns).encode()).hexdigest()[:16]

    @cached_property
    def tie_order(self) -> tuple[Feature, ...]:
        """The features by which rows equal in both times are ordered, the first that differs.

        In the order of the contract, ARRAYs behind the others, as the training set cannot order by
        them; of rows equal in all of them, one that takes the entity away is the greater.
        """
        return tuple(sorted(self.features, key=lambda feature: feature.type.element is not None))

    def require_held(self) -> None:
        """Raises UnsupportedError if a column is of a type that no online store can hold."""
        for column in (*self.keys, *self.features):
            column.type.require_held(f"{self.label}.{column.name}")

    def feature(self, name: str) -> Feature:
        """The feature of that name; raises UnknownNameError."""
        found = self._by_name.get(name)
        if found is None:
            raise unknown("feature", name, self.feature_names, f" in {self.label}")
        return found

    @cached_property
    def _by_name(self) -> dict[str, Feature]:
        return {feature.name: feature for feature in self.features}


@dataclass(frozen=True, eq=False)
class ServiceView:
    """What a service takes from one view.

    keys     (name in the request, key of the view), in the order of the view's keys
    columns  (feature of the view, name in the answer)
    name     what the training set calls the view; it adds `<name>__status` where it is asked to
    """

    view: FeatureView
    keys: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    name: str = ""


@dataclass(frozen=True, eq=False)
class FeatureService:
    """The features of one model: what its training set joins is what is served.

    training_set  name of the dbt model; `unique_id` is its node in the manifest
    at            the column of the labels that holds the moment of prediction
    as_of         `known` or `event`
    fill          None or `last_non_null`
    """

    name: str
    views: tuple[ServiceView, ...]
    training_set: str
    unique_id: str
    at: str
    as_of: str = "known"
    strict: bool = False
    fill: str | None = None
    description: str = ""

    def __repr__(self) -> str:
        return f"<FeatureService {self.name}>"

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Names that a request gives, each once, in order of their first use."""
        return tuple(dict.fromkeys(name for view in self.views for name, _ in view.keys))

    @cached_property
    def feature_names(self) -> tuple[str, ...]:
        """Names in the answer, in the order of the training set."""
        return tuple(name for view in self.views for _, name in view.columns)
