"""The fingerprint by which the same content is known again."""

from __future__ import annotations

from readiness.core.tables.models import file_in_memory
from readiness.imports.service.upload import UploadedFiles

ONE, OTHER = (file_in_memory(name, name, name.encode()) for name in ("one", "other"))


def test_files_and_mappings_in_any_order_are_the_same_content():
    there = UploadedFiles((ONE, OTHER), ("a", "b"))
    assert there.sha256 == UploadedFiles((OTHER, ONE), ("b", "a")).sha256


def test_another_mapping_makes_another_content():
    told = [(), ("a",), ("b",), ("a", "b")]
    assert len({UploadedFiles((ONE,), mappings).sha256 for mappings in told}) == len(told)
