"""Walking every link of the product, each kind of page once for each person who can reach it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

LINKS = "elements => elements.map(a => a.href)"
FILES = (".csv", ".xlsx", ".pdf", ".json", ".toml", ".zip")
PATIENCE = 60_000  # ms: a long document on a busy machine


def endpoint_of(routes: Map, address: str) -> str | None:
    """Which view answers there to a plain request; None for nothing of ours."""
    try:
        endpoint, _ = routes.bind("127.0.0.1").match(urlsplit(address).path)
    except HTTPException:
        return None
    return str(endpoint)


def walk(page: Page, routes: Map, starts: Iterable[str] = ("/home",)) -> Iterator[tuple[str, bool]]:
    """Open every page the signed-in person has a link to: its view's name, and whether to look.

    Files are fetched, not shown. Links to other hosts are left alone.
    """
    host = urlsplit(str(page.url)).netloc
    waiting, seen = list(starts), set[str]()
    while waiting:
        address = waiting.pop(0)
        endpoint = endpoint_of(routes, address)
        if endpoint is None or endpoint in seen:
            continue
        seen.add(endpoint)
        if urlsplit(address).path.endswith(FILES):
            fetched = page.request.get(address, timeout=PATIENCE)
            assert fetched.ok, f"{address}: {fetched.status}"
            yield endpoint, False
            continue
        opened = page.goto(address)
        assert opened is not None, address
        assert opened.ok, f"{address}: {opened.status}"
        waiting += [a for a in page.locator("a[href]").evaluate_all(LINKS) if host in a]
        yield endpoint, True
