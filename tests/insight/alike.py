"""The same cells, whichever engine made them."""

from typing import Any

import pytest


def assert_alike(left: Any, right: Any) -> None:
    """The same kinds and values all the way down; floats to nine digits, since sums of floats depend on their order."""
    assert type(left) is type(right)
    if isinstance(left, dict):
        assert left.keys() == right.keys()
        for key, value in left.items():
            assert_alike(value, right[key])
    elif isinstance(left, list | tuple):
        assert len(left) == len(right)
        for one, other in zip(left, right, strict=True):
            assert_alike(one, other)
    elif isinstance(left, float):
        assert right == pytest.approx(left, rel=1e-9, abs=1e-9, nan_ok=True)
    else:
        assert left == right
