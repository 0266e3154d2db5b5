import os
import shutil
import sys

import pytest

from insight.shops import connection

SPARK_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.session.timeZone": "UTC",
    # A minute of a hundred small queries: compiling them twice, ever better, costs more than it saves.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}


@pytest.fixture(scope="session", autouse=True)
def _close_the_engine():
    yield
    if connection.cache_info().currsize:
        connection().disconnect()
        connection.cache_clear()


@pytest.fixture(scope="session")
def on_spark(tmp_path_factory):
    """Ibis on Spark in this process's own Java machine; skipped where pyspark or Java is missing, unless needed."""
    sql = _pyspark_sql()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = sql.SparkSession.builder.master("local[2]")
    for name, value in SPARK_SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse"))).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    import ibis

    yield ibis.pyspark.connect(session)
    session.stop()


def _pyspark_sql():
    missing = "" if shutil.which("java") or os.environ.get("JAVA_HOME") else "Java (openjdk-17-jre-headless)"
    try:
        import pyspark.sql as found
    except ImportError:
        missing = "pyspark (it has an environment of its own: make test-spark)"
    if missing and os.environ.get("REGULARS_NEEDS_SPARK"):
        pytest.fail(f"missing: {missing}")
    if missing:
        pytest.skip(f"missing: {missing}")
    return found
