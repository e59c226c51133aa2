"""What we translate for libraries is what they still say."""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest
import rest_framework
import unfold
from babel.messages.extract import extract_from_dir
from django.contrib import admin

from crm import borrowed_texts
from crm.catalogues import KEYWORDS, METHODS


def texts_of(library: ModuleType) -> set[str]:
    folder = Path(str(library.__file__)).parent
    found = extract_from_dir(str(folder), METHODS, keywords=KEYWORDS)
    return {text for _path, _line, text, _comments, _context in found if isinstance(text, str)}


@pytest.mark.parametrize(
    ("library", "texts"),
    [
        (unfold, borrowed_texts.THEME),
        (admin, borrowed_texts.ADMIN),
        (rest_framework, borrowed_texts.API),
    ],
)
def test_the_library_still_says_it(library: ModuleType, texts: Sequence[str]) -> None:
    assert set(texts) <= texts_of(library)
