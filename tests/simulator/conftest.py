import pytest

from simulator.demo_case import SEED, Demo, load_demo


@pytest.fixture(scope="session")
def demo() -> Demo:
    return load_demo(SEED)
