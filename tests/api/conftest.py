"""What tests of reports share: whoever reports needs no styles, and nobody has reported before."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache

Path(settings.STATIC_ROOT).mkdir(exist_ok=True)


@pytest.fixture(autouse=True)
def nobody_was_here() -> None:
    """Limits begin anew."""
    cache.clear()
