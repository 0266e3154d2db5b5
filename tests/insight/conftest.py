import pytest

from insight.shops import connection


@pytest.fixture(scope="session", autouse=True)
def _close_the_engine():
    yield
    if connection.cache_info().currsize:
        connection().disconnect()
        connection.cache_clear()
