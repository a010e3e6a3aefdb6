"""The product's own letters: the same on every machine, whatever is installed there.

Source Sans Pro (SIL Open Font License 1.1). Its figures are tabular by default, so columns of
numbers align without asking for it. It lacks filled circles: shapes are drawn, never typed.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from types import MappingProxyType

from readiness.core.errors import NotFound

FAMILY = "Source Sans Pro"

# file name -> (weight, style)
FACES = MappingProxyType(
    {
        "SourceSansPro-Regular.ttf": ("400", "normal"),
        "SourceSansPro-It.ttf": ("400", "italic"),
        "SourceSansPro-Semibold.ttf": ("600", "normal"),
        "SourceSansPro-Bold.ttf": ("700", "normal"),
    }
)


@cache
def face(name: str) -> bytes:
    """The bytes of one of our fonts, by file name; no other file can be asked for."""
    if name not in FACES:
        raise NotFound("There is no such font.")
    return (resources.files("font_source_sans_pro") / "files" / name).read_bytes()


def css(address: str) -> str:
    """An `@font-face` for each face; `address` stands before the file's name."""
    return "\n".join(
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; font-style: {style};'
        f' font-display: swap; src: url("{address}{name}") format("truetype"); }}'
        for name, (weight, style) in FACES.items()
    )
