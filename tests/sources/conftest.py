from pathlib import Path

import pytest

from sources.files import Reader


@pytest.fixture
def understand(tmp_path: Path) -> Reader:
    return Reader(tmp_path)
