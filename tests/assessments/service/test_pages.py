"""What an assessment's own task list says of last time's answers."""

from __future__ import annotations

from readiness.assessments import carry_forward
from readiness.assessments.carry_forward import ItemChange
from readiness.assessments.service import pages
from readiness.assessments.service.assessment_view import PreviousAssessment
from readiness.instruments import loader as instruments
from tests.factories import assessments
from tests.factories.second_version import ADDED, DROPPED, REWORDED, write_second_version
from tests.factories.world import NOW


def test_items_that_changed_are_named_with_their_titles(store, tmp_path):
    made = assessments.started(store, NOW)
    old = instruments.load("qmer", "2026.1")
    write_second_version(tmp_path)
    instruments.use_folders([tmp_path])
    now = instruments.load("qmer", "2027.1")
    instruments.use_folders([])
    previous = PreviousAssessment(made, old, {}, carry_forward.carry(old, now, {}))
    for change, item_id, instrument in (
        (ItemChange.REWORDED, REWORDED, now),
        (ItemChange.NEW, ADDED, now),
        (ItemChange.DROPPED, DROPPED, old),
    ):
        title = instrument.item_by_id[item_id].title
        assert pages.item_names(previous, change, now) == (f"{item_id} {title}",)
    assert pages.item_names(None, ItemChange.NEW, now) == ()
