"""The program in docs/spark.md runs, and says what DuckDB says. Run by `make test-spark`."""

import re
from pathlib import Path

import pyarrow.parquet as pq

from insight.shops import connection, dates, many, shop, tables_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "spark.md"
COMES_BACK, ONCE = many(80, (720, 770)), many(70, (725,), first=2000)


def printed(program: str, capsys) -> str:
    exec(compile(program, str(PAGE), "exec"), {})
    return capsys.readouterr().out


def test_the_program_of_the_page_says_what_duckdb_says(on_spark, tmp_path, monkeypatch, capsys):
    program = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    assert f"last = dt.{dates(900).complete!r}".replace("datetime.", "") in program
    (tmp_path / "lake").mkdir()
    for name, table in tables_of(shop(*COMES_BACK, *ONCE)).items():
        pq.write_table(table, tmp_path / "lake" / f"{name}.parquet")
    monkeypatch.chdir(tmp_path)
    said = printed(program, capsys)
    assert said.split()[-1] == "150"
    monkeypatch.setattr("ibis.pyspark.connect", lambda _session: connection())
    assert printed(program, capsys) == said
