"""The project as a task sees it, in a folder of the test's own."""

from pathlib import Path

import pytest
from orchestration.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.read({"AZEKURA_HOME": str(tmp_path), "AZEKURA_COMMANDS": "/commands"})
