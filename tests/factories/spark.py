"""A Spark of one machine, for those who have it: see requirements-scale.in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.session.timeZone": "UTC",
}


def rows_of(table: Path, text: str) -> list[tuple[Any, ...]]:
    """What the text returns of a table in Parquet."""
    spark = session()
    try:
        spark.read.parquet(str(table)).createOrReplaceTempView("results")
        return [tuple(row) for row in spark.sql(text).collect()]
    finally:
        spark.stop()


def session() -> SparkSession:
    from pyspark.sql import SparkSession  # most machines have none

    builder = SparkSession.builder.master("local[2]")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark
