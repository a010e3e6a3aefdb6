"""The strict reader itself: it lets a good page through and names each kind of mistake."""

from __future__ import annotations

import pytest

from tests.factories.page import Page

GOOD = """<!doctype html>
<html lang="en"><head><title>Sign in</title></head><body>
<main id="main">
<h1>Sign in</h1>
<p>One <b>bold</b>er word<br>and a <a href="/help">way out</a>.</p>
<form method="post" action="/sign-in">
<input type="hidden" name="csrf_token" value="abc">
<label for="email">E-mail</label><input id="email" name="email" value="a@example.org">
<label for="note">Note</label><textarea id="note" name="note">
first line</textarea>
<label for="size">Size</label>
<select id="size" name="size"><option>A4</option><option selected>Letter</option></select>
<fieldset><legend>Level</legend>
<label><input type="radio" name="level" value="0"> None</label>
<label><input type="radio" name="level" value="1" checked> Some</label>
</fieldset>
<button>Send</button>
</form>
<table><tr><th scope="col">Group</th></tr><tr><td>Elm</td></tr></table>
</main></body></html>"""


def with_(html: str) -> str:
    return GOOD.replace("</main>", f"{html}</main>")


def test_a_good_page_can_be_read():
    page = Page(GOOD)
    assert page.heading == page.title == "Sign in"
    assert page.token == "abc"
    assert page.links == {"way out": "/help"}
    assert page.form().get("action") == page.form("/sign-in").get("action") == "/sign-in"
    assert "One bolder word and a way out." in page.text


def test_a_form_tells_what_it_would_send():
    assert Page(GOOD).values() == {
        "csrf_token": "abc",
        "email": "a@example.org",
        "note": "first line",
        "size": "Letter",
        "level": "1",
    }


@pytest.mark.parametrize(
    ("html", "mistake"),
    [
        (GOOD.replace(' lang="en"', ""), "does not name its language"),
        (GOOD.replace("<title>Sign in</title>", ""), "one title"),
        (GOOD.replace("main>", "div>").replace("<main ", "<div "), "one main part"),
        (with_("<h1>Again</h1>"), "exactly one h1"),
        (with_("<h3>Too deep</h3>"), "follows an h1"),
        (with_("<h2></h2>"), "an h2 says nothing"),
        (with_('<p id="main">'), "used 2 times"),
        (with_('<p id="two words"></p>'), "has a space"),
        (with_('<p aria-describedby="gone"></p>'), "not on the page"),
        (with_('<a href="#gone">there</a>'), "leads nowhere on the page"),
        (with_('<input name="x">'), "has no label"),
        (with_('<label>X <input name="x" placeholder="y"></label>'), "placeholder"),
        (GOOD.replace("fieldset", "div"), "no fieldset"),
        (with_('<a href="/x"></a>'), "says nothing"),
        (with_('<a href="">x</a>'), "leads nowhere"),
        (with_('<button type="button"></button>'), "says nothing"),
        (with_('<a href="/x"><button>x</button></a>'), "inside another link"),
        (with_('<img src="/x.png">'), "has no alt"),
        (with_("<svg><rect/></svg>"), "has no title"),
        (with_("<table><tr><td>1</td></tr></table>"), "no header cell"),
        (with_("<table><tr><th>1</th></tr></table>"), "has no scope"),
        (with_('<p style="color: red">x</p>'), "content policy"),
        (with_('<p onclick="x()">x</p>'), "content policy"),
        (with_("<style>p {}</style>"), "content policy"),
        (with_("<script>x()</script>"), "content policy"),
        (with_('<a href="javascript:x()">x</a>'), "runs a script"),
        (with_('<img alt="" src="https://example.org/x.png">'), "another host"),
        (with_('<form method="post"><button>x</button></form>'), "no csrf_token"),
        (with_('<form action="/x"></form>'), "cannot be sent"),
        (with_("<p><b>x</p></b>"), "closes"),
        (with_('<p id="x" id="y">z</p>'), "twice"),
    ],
)
def test_each_mistake_is_named(html, mistake):
    with pytest.raises(AssertionError, match=mistake):
        Page(html)


def test_a_decoration_needs_no_title():
    assert Page(with_('<svg aria-hidden="true"><rect/></svg>')).all("svg")
