"""What tests of assessments begin from."""

from __future__ import annotations

import pytest

from readiness.assessments.models import Assessment
from readiness.core.db import Store
from tests.factories import assessments, world


@pytest.fixture
def made(store: Store) -> Assessment:
    """Just begun: nothing is answered."""
    return assessments.started(store, world.NOW)
