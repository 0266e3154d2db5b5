"""The product's settings with one plain page beside its own, for comparison."""

from regulars.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.plain_urls"
