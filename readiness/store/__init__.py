"""The only place that sees SQL: one module per family of tables, rows in and values out."""

from readiness.store.connection import Store

__all__ = ["Store"]
