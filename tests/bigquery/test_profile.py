"""What profiles.yml gives dbt-bigquery, for each way to say who one is."""

import contextvars
import json
import os
import re
from argparse import Namespace
from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from dbt.adapters.bigquery.credentials import (
    _create_bigquery_defaults,
    create_google_credentials,
)
from dbt.config.profile import Profile
from dbt.config.renderer import ProfileRenderer
from dbt.exceptions import DbtProfileError, EnvVarMissingError
from dbt_common.context import set_invocation_context
from google.auth import impersonated_credentials
from google.oauth2 import credentials as user_credentials
from google.oauth2 import service_account

PROFILES = Path(__file__).parents[2] / "profiles.yml"
ROBOT, OTHER = "robot@p.iam.gserviceaccount.com", "builder@p.iam.gserviceaccount.com"
WHOLE_CLOUD = "https://www.googleapis.com/auth/cloud-platform"


@pytest.fixture
def profile(monkeypatch: pytest.MonkeyPatch):
    """The profile's BigQuery target, in an environment of these variables and no other of ours."""
    for name in os.environ:
        if name.startswith("AZEKURA_") or name == "GOOGLE_APPLICATION_CREDENTIALS":
            monkeypatch.delenv(name)
    monkeypatch.setattr("dbt.config.profile.get_flags", lambda: Namespace(LOG_CACHE_EVENTS=False))

    def load(**variables: str) -> Profile:
        for name, value in variables.items():
            monkeypatch.setenv(f"AZEKURA_BIGQUERY_{name}", value)
        return contextvars.copy_context().run(rendered)

    def rendered() -> Profile:
        set_invocation_context(dict(os.environ))
        return Profile.from_raw_profiles(
            yaml.safe_load(PROFILES.read_text()),
            "azekura",
            ProfileRenderer({}),
            target_override="bigquery",
        )

    return load


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A service account's key as Google gives it, of nobody."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    key = {
        "type": "service_account",
        "project_id": "p",
        "client_email": ROBOT,
        "private_key_id": "1",
        "private_key": private.decode(),
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    path = tmp_path / "key.json"
    path.write_text(json.dumps(key))
    return path


@pytest.fixture
def logged_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Application default credentials as `gcloud auth application-default login` leaves them."""
    given = {"type": "authorized_user", "client_id": "i", "client_secret": "s"}
    path = tmp_path / "application_default_credentials.json"
    path.write_text(json.dumps({**given, "refresh_token": "t"}))

    def log_in() -> None:
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
        _create_bigquery_defaults.cache_clear()

    yield log_in
    _create_bigquery_defaults.cache_clear()


def test_nothing_set_is_sensible(profile):
    given = profile()
    assert given.threads == 8
    told = {
        "method": "oauth",
        "database": "set-AZEKURA_BIGQUERY_PROJECT",
        "execution_project": "set-AZEKURA_BIGQUERY_PROJECT",
        "schema": "azekura",
        "location": "US",
        "priority": "interactive",
        "maximum_bytes_billed": 100 * 2**30,
        "job_creation_timeout_seconds": 60,
        "job_execution_timeout_seconds": 3600,
        "job_retries": 1,
        "job_retry_deadline_seconds": 600,
        "keyfile": None,
        "impersonate_service_account": None,
    }
    assert {name: getattr(given.credentials, name) for name in told} == told


def test_everything_can_be_set(profile):
    given = profile(
        PROJECT="tables",
        EXECUTION_PROJECT="payer",
        DATASET="ann",
        LOCATION="europe-west3",
        THREADS="3",
        PRIORITY="batch",
        MAXIMUM_BYTES_BILLED="1000000000000",
        JOB_CREATION_TIMEOUT_SECONDS="30",
        JOB_EXECUTION_TIMEOUT_SECONDS="7200",
        JOB_RETRIES="0",
        JOB_RETRY_DEADLINE_SECONDS="60",
    )
    assert given.threads == 3
    told = {
        "database": "tables",
        "execution_project": "payer",
        "schema": "ann",
        "location": "europe-west3",
        "priority": "batch",
        "maximum_bytes_billed": 10**12,
        "job_creation_timeout_seconds": 30,
        "job_execution_timeout_seconds": 7200,
        "job_retries": 0,
        "job_retry_deadline_seconds": 60,
    }
    assert {name: getattr(given.credentials, name) for name in told} == told


def test_what_is_set_to_nothing_is_not_set(profile):
    """As by `AZEKURA_BIGQUERY_IMPERSONATE= dbt build`: no principal of that name is asked for."""
    names = set(re.findall(r"env_var\('AZEKURA_BIGQUERY_(\w+)'", PROFILES.read_text()))
    assert {"METHOD", "IMPERSONATE", "MAXIMUM_BYTES_BILLED"} < names
    unset = profile()
    empty = profile(**dict.fromkeys(names, ""))
    assert empty.credentials == unset.credentials
    assert empty.threads == unset.threads


def test_the_tables_project_pays_unless_another_is_named(profile):
    assert profile(PROJECT="tables").credentials.execution_project == "tables"


def test_application_default_credentials(profile, logged_in):
    given = profile(PROJECT="p").credentials
    logged_in()
    made = create_google_credentials(given)
    assert isinstance(made, user_credentials.Credentials)
    assert made.refresh_token == "t"


def test_a_key_file(profile, key_file):
    given = profile(PROJECT="p", METHOD="service-account", KEYFILE=str(key_file)).credentials
    made = create_google_credentials(given)
    assert isinstance(made, service_account.Credentials)
    assert made.service_account_email == ROBOT
    assert WHOLE_CLOUD in made.scopes


@pytest.mark.parametrize("method", ["oauth", "service-account"])
def test_impersonation_by_either(profile, logged_in, key_file, method):
    given = profile(
        PROJECT="p", METHOD=method, KEYFILE=str(key_file), IMPERSONATE=OTHER
    ).credentials
    logged_in()
    made = create_google_credentials(given)
    assert isinstance(made, impersonated_credentials.Credentials)
    assert made.service_account_email == OTHER
    assert WHOLE_CLOUD in made._target_scopes
    sources = {"oauth": user_credentials, "service-account": service_account}
    assert isinstance(made._source_credentials, sources[method].Credentials)


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        (
            {"METHOD": "oauth-secrets"},
            "AZEKURA_BIGQUERY_METHOD must be oauth or service-account, not oauth-secrets",
        ),
        ({"METHOD": "service-account"}, "required but not provided: 'AZEKURA_BIGQUERY_KEYFILE'"),
        (
            {"PRIORITY": "soon"},
            "AZEKURA_BIGQUERY_PRIORITY must be interactive or batch, not soon",
        ),
        # `| int` would make it 0, and 0 means that nothing is too much
        ({"MAXIMUM_BYTES_BILLED": "100 GiB"}, "MAXIMUM_BYTES_BILLED.*'100 GiB' into type 'number'"),
        ({"THREADS": "many"}, "AZEKURA_BIGQUERY_THREADS.*'many' into type 'number'"),
    ],
)
def test_a_wrong_value_is_one_sentence(profile, variables, reason):
    with pytest.raises((DbtProfileError, EnvVarMissingError), match=reason):
        profile(**variables)
