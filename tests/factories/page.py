"""A page as a strict reader sees it: any test that looks at one also proves it is well made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser

from flask.testing import FlaskClient

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
INLINE = frozenset("a abbr b code em i mark q small span strong sub sup tspan".split())
SILENT = frozenset({"hidden", "submit", "button", "reset", "image"})  # inputs without a label
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
ADDRESSES = ("href", "src", "action", "formaction", "poster", "srcset", "xlink:href")
OUTSIDE = ("http:", "https:", "//")
OUR_OWN = ("http://localhost/", "http://127.0.0.1")
SCRIPT_TYPES_THAT_RUN_NOTHING = ("application/json", "application/ld+json")


@dataclass
class Tag:
    name: str
    attributes: dict[str, str]
    parent: Tag | None = None
    children: list[Tag | str] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<{self.name} {self.attributes}>"

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    @property
    def text(self) -> str:
        """What is written inside, with runs of space made one."""
        return " ".join("".join(self._strings()).split())

    def _strings(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.name not in ("script", "style", "template"):
                yield from child._strings()
                yield "" if child.name in INLINE else " "

    @cached_property
    def inside(self) -> list[Tag]:
        """Every tag below this one, in the order of the page; asked for when the page is read."""
        below = (child for child in self.children if isinstance(child, Tag))
        return [tag for child in below for tag in (child, *child.inside)]

    def all(self, *names: str) -> list[Tag]:
        return [tag for tag in self.inside if tag.name in names]

    def above(self, *names: str) -> Tag | None:
        """The nearest tag around this one with one of these names."""
        tag = self.parent
        while tag and tag.name not in names:
            tag = tag.parent
        return tag

    @property
    def accessible_name(self) -> str:
        images = " ".join(tag.get("alt") for tag in self.all("img"))
        return (self.get("aria-label") or f"{self.text} {images}").strip()


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Tag("page", {})
        self.open = self.root
        self.mistakes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        repeated = [name for name, n in Counter(name for name, _ in attrs).items() if n > 1]
        if repeated:
            self.mistakes.append(f"<{tag}> says {repeated} twice")
        made = Tag(tag, {name: value or "" for name, value in attrs}, self.open)
        self.open.children.append(made)
        if tag not in VOID:
            self.open = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open = self.open.parent or self.root

    def handle_endtag(self, tag: str) -> None:
        if tag != self.open.name:
            self.mistakes.append(f"</{tag}> closes <{self.open.name}>")
            if not self._is_open(tag):
                return
            while self.open.name != tag:
                self.open = self.open.parent or self.root
        self.open = self.open.parent or self.root

    def _is_open(self, tag: str) -> bool:
        return self.open.above(tag) is not None

    def handle_data(self, data: str) -> None:
        self.open.children.append(data)


class Page:
    """Reads a page and refuses it, with every mistake in one message, when it is not well made."""

    def __init__(self, html: str) -> None:
        reader = Reader()
        reader.feed(html)
        reader.close()
        self.root = reader.root
        self.mistakes = reader.mistakes
        self.check()

    def check(self) -> None:
        found = [*self.mistakes, *(mistake for rule in RULES for mistake in rule(self))]
        assert not found, "\n".join(found)

    def all(self, *names: str) -> list[Tag]:
        return self.root.all(*names)

    def one(self, name: str) -> Tag:
        (tag,) = self.all(name)
        return tag

    def by_id(self, wanted: str) -> Tag:
        (tag,) = (tag for tag in self.root.inside if tag.get("id") == wanted)
        return tag

    @property
    def text(self) -> str:
        return self.one("body").text

    @property
    def title(self) -> str:
        return self.one("title").text

    @property
    def heading(self) -> str:
        return self.one("h1").text

    @property
    def links(self) -> dict[str, str]:
        """Address by what the link says; of equals the last."""
        return {a.accessible_name: a.get("href") for a in self.all("a") if "href" in a}

    def form(self, action: str | None = None) -> Tag:
        """The form that sends there; without an action, the page's only form in its main part."""
        if action is None:
            (form,) = self.one("main").all("form")
        else:
            form = next(f for f in self.all("form") if f.get("action").split("?")[0] == action)
        return form

    @property
    def token(self) -> str:
        return next(tag.get("value") for tag in self.all("input") if is_token(tag))

    def values(self, action: str | None = None) -> dict[str, str]:
        """What the form would send if nobody touched it."""
        return dict(sent_by(self.form(action)))


def sent_by(form: Tag) -> Iterator[tuple[str, str]]:
    for tag in form.all("input", "textarea", "select"):
        kind = tag.get("type")
        if "name" not in tag or "disabled" in tag or kind in ("submit", "button", "file"):
            continue
        if kind in ("radio", "checkbox") and "checked" not in tag:
            continue
        if tag.name == "textarea":
            yield tag.get("name"), written_in(tag)
        elif tag.name == "select":
            yield tag.get("name"), chosen_in(tag)
        else:
            yield tag.get("name"), tag.get("value", "on" if kind == "checkbox" else "")


def written_in(textarea: Tag) -> str:
    """Browsers drop one line break right after the opening tag."""
    return "".join(c for c in textarea.children if isinstance(c, str)).removeprefix("\n")


def chosen_in(select: Tag) -> str:
    options = select.all("option")
    chosen = [o for o in options if "selected" in o] or options[:1]
    return chosen[-1].get("value", chosen[-1].text) if chosen else ""


def is_token(tag: Tag) -> bool:
    return tag.get("name") == "csrf_token" and tag.get("type") == "hidden"


# Each rule below yields a sentence for every place that breaks it.


def names_its_language_and_title(page: Page) -> Iterator[str]:
    if not [tag for tag in page.all("html") if tag.get("lang")]:
        yield "the page does not name its language"
    if [bool(tag.text) for tag in page.all("head") for tag in tag.all("title")] != [True]:
        yield "the page needs one title"
    if len(page.all("main")) != 1:
        yield "the page needs one main part"


def headings_are_in_order(page: Page) -> Iterator[str]:
    levels = [(int(tag.name[1]), tag.text) for tag in page.all(*HEADINGS)]
    if [level for level, _ in levels].count(1) != 1:
        yield "the page needs exactly one h1"
    last = 1
    for level, text in levels:
        if not text:
            yield f"an h{level} says nothing"
        if level > last + 1:
            yield f"h{level} {text!r} follows an h{last}"
        last = level


def ids_are_used_once_and_pointed_at(page: Page) -> Iterator[str]:
    ids = Counter(tag.get("id") for tag in page.root.inside if "id" in tag)
    yield from (f"id {i!r} is used {n} times" for i, n in ids.items() if n > 1)
    yield from (f"id {i!r} is empty or has a space" for i in ids if i.split() != [i])
    for tag in page.root.inside:
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "headers"):
            for wanted in tag.get(name).split():
                if wanted not in ids:
                    yield f"{tag} points at {wanted!r}, which is not on the page"
        if (href := tag.get("href")).startswith("#") and href[1:] not in ids:
            yield f"{tag} leads nowhere on the page"


def fields_are_labelled(page: Page) -> Iterator[str]:
    labelled = {tag.get("for") for tag in page.all("label") if tag.accessible_name}
    for tag in page.all("input", "select", "textarea"):
        if tag.get("type") in SILENT:
            continue
        around = tag.above("label")
        has_label = (tag.get("id") or None) in labelled or (around and around.text)
        if not (has_label or tag.get("aria-label") or tag.get("aria-labelledby")):
            yield f"{tag} has no label"
        if "placeholder" in tag:
            yield f"{tag} has a placeholder: say it in the label or the hint"
        if tag.get("type") in ("radio", "checkbox") and not is_alone(tag, page):
            fieldset = tag.above("fieldset")
            if not (fieldset and [t for t in fieldset.all("legend") if t.text]):
                yield f"{tag} is one of several and has no fieldset with a legend"


def is_alone(choice: Tag, page: Page) -> bool:
    form = choice.above("form") or page.root
    return len([t for t in form.all("input") if t.get("name") == choice.get("name")]) == 1


def buttons_and_links_say_what_they_do(page: Page) -> Iterator[str]:
    for tag in page.all("a"):
        if not (tag.accessible_name or tag.get("aria-labelledby")):
            yield f"{tag} says nothing"
        if "href" in tag and not tag.get("href"):
            yield f"{tag} leads nowhere"
    for tag in page.all("button"):
        if not tag.accessible_name:
            yield f"{tag} says nothing"
    for tag in page.all("a", "button"):
        if tag.above("a", "button"):
            yield f"{tag} lies inside another link or button"


def pictures_are_described(page: Page) -> Iterator[str]:
    for tag in page.all("img"):
        if "alt" not in tag:
            yield f"{tag} has no alt"
    for tag in page.all("svg"):
        is_decoration = tag.get("aria-hidden") == "true"
        if not (is_decoration or [t for t in tag.all("title") if t.text] or "aria-label" in tag):
            yield f"{tag} has no title"


def tables_name_their_columns(page: Page) -> Iterator[str]:
    for table in page.all("table"):
        if not [tag for tag in table.all("th") if tag.get("scope")]:
            yield f"{table} has no header cell with a scope"
        for tag in table.all("th"):
            if tag.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
                yield f"header cell {tag.text!r} has no scope"


def policy_would_stop_nothing(page: Page) -> Iterator[str]:
    for tag in page.root.inside:
        inline = [name for name in tag.attributes if name.startswith("on") or name == "style"]
        if inline:
            yield f"{tag}: {inline} would be stopped by our content policy"
        for name in ADDRESSES:
            address = tag.get(name).strip()
            if address.lower().startswith("javascript:"):
                yield f"{tag} runs a script"
            is_outside = address.startswith(OUTSIDE) and not address.startswith(OUR_OWN)
            if is_outside and tag.name != "a":
                yield f"{tag} reaches another host"
    if page.all("style"):
        yield "a style element would be stopped by our content policy"
    for tag in page.all("script"):
        runs_nothing = tag.get("type") in SCRIPT_TYPES_THAT_RUN_NOTHING
        if "src" not in tag and not runs_nothing:
            yield "an inline script would be stopped by our content policy"


def changes_carry_a_token(page: Page) -> Iterator[str]:
    for form in page.all("form"):
        if form.above("form"):
            yield f"{form} lies inside another form"
        if form.get("method").lower() == "post" and not any(map(is_token, form.all("input"))):
            yield f"{form} has no csrf_token"
        if not form.all("button") and not [t for t in form.all("input") if sends(t)]:
            yield f"{form} cannot be sent without a script"


def sends(tag: Tag) -> bool:
    return tag.get("type") in ("submit", "image")


RULES = (
    names_its_language_and_title,
    headings_are_in_order,
    ids_are_used_once_and_pointed_at,
    fields_are_labelled,
    buttons_and_links_say_what_they_do,
    pictures_are_described,
    tables_name_their_columns,
    policy_would_stop_nothing,
    changes_carry_a_token,
)


def read(client: FlaskClient, path: str, status: int = 200) -> Page:
    reply = client.get(path)
    assert reply.status_code == status, reply.text
    return Page(reply.text)
