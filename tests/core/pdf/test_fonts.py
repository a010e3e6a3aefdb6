from __future__ import annotations

from io import BytesIO

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from readiness.core.config import ROOT
from readiness.core.errors import NotFound
from readiness.core.pdf import fonts

WRITTEN = "0123456789 $%&+−–—×÷≤≥±“”‘’…·•→←↑↓©§éñüç"


@pytest.mark.parametrize("name", fonts.FACES)
def test_each_face_has_every_sign_we_write(name):
    signs = TTFont(BytesIO(fonts.face(name))).getBestCmap()
    assert [sign for sign in WRITTEN if ord(sign) not in signs] == []


@pytest.mark.parametrize("name", fonts.FACES)
def test_figures_are_all_equally_wide(name):
    font = TTFont(BytesIO(fonts.face(name)))
    names = font.getBestCmap()
    assert len({font["hmtx"][names[ord(figure)]][0] for figure in "0123456789"}) == 1


@pytest.mark.parametrize("name", ["../LICENSE.txt", "LICENSE.txt", "", "SourceSansPro-Black.ttf"])
def test_no_other_file_can_be_asked_for(name):
    with pytest.raises(NotFound):
        fonts.face(name)


def test_pages_name_only_faces_that_exist():
    asked = (ROOT / "static" / "app.css").read_text("utf-8").split("/fonts/")[1:]
    assert asked
    assert {part.split('"')[0] for part in asked} <= set(fonts.FACES)
