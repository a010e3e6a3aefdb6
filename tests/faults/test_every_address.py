"""Every address while the disk takes nothing: what is read is read on, what is saved says no."""

from __future__ import annotations

import pytest

from tests.core.web import test_routes as routes
from tests.core.web.test_routes import BODIES, ROUTES, VISITORS

pytestmark = pytest.mark.slow
filled, store = routes.filled, routes.store
SAVES = {
    "PUT /assessments/<assessment_id>/items/<item_id>",
    "POST /account/sessions/end",
}


def test_every_page_is_read_on_and_every_change_is_refused_in_words(
    app, sign_in, clock, takes_nothing
):
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    clients = {each: app.test_client() for each in VISITORS}
    for visitor in VISITORS[1:]:
        sign_in(clients[visitor], visitor)
    clock.forward(minutes=10)  # long enough for a visit to be worth noting
    refused, otherwise = set(), []
    with takes_nothing():
        for route, row in ROUTES.items():
            method, rule = route.split(" ")[0], routes.rules(app)[route]
            for visitor, usual in zip(VISITORS, row.split(), strict=True):
                if visitor != "nobody":
                    sign_in(clients[visitor], visitor)  # one of the addresses signs out
                path = routes.address(app, rule, visitor)
                reply = routes.send(clients[visitor], method, path, BODIES.get(rule.endpoint))
                if reply.status_code == 503 and "could not be saved" in reply.text:
                    refused.add(route)
                elif str(reply.status_code) != usual:
                    otherwise.append((route, visitor, usual, reply.status_code))
    assert otherwise == [("GET /ready", visitor, "200", 503) for visitor in VISITORS]
    assert not [route for route in refused if route.startswith("GET")]
    assert refused > SAVES
