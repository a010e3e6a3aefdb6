"""Walking every link of the product, each kind of page once for each person who can reach it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

LINKS = re.compile(r"""<a\b[^>]*?\shref="([^"#]+)""")
FILES = (".csv", ".xlsx", ".pdf", ".json", ".toml", ".zip")


def endpoint_of(routes: Map, address: str) -> str | None:
    """Which view answers there to a plain request; None for nothing of ours."""
    try:
        endpoint, _ = routes.bind("127.0.0.1").match(urlsplit(address).path)
    except HTTPException:
        return None
    return str(endpoint)


def walk(
    page: Page, routes: Map, starts: Iterable[str], known: Collection[str]
) -> Iterator[tuple[str, bool]]:
    """Open every page the signed-in person has a link to: its view's name, and whether to look.

    Files are fetched, not shown. What others saw before, `known`, is read for its links alone.
    Links to other hosts are left alone.
    """
    here = str(page.url)
    waiting, seen = [urljoin(here, start) for start in starts], set[str]()
    while waiting:
        address = waiting.pop(0)
        endpoint = endpoint_of(routes, address)
        if endpoint is None or endpoint in seen:
            continue
        seen.add(endpoint)
        is_file = urlsplit(address).path.endswith(FILES)
        if is_file and endpoint in known:
            continue
        fetch = page.request.get if is_file or endpoint in known else page.goto
        opened = fetch(address)
        assert opened is not None, address
        assert opened.ok, f"{address}: {opened.status}"
        if not is_file:
            waiting += links_of(opened.text(), address)
        yield endpoint, not is_file and endpoint not in known


def links_of(html: str, address: str) -> list[str]:
    """Those to pages of ours, whole."""
    found = (urljoin(address, unescape(link)) for link in LINKS.findall(html))
    return [each for each in found if urlsplit(each).netloc == urlsplit(address).netloc]
