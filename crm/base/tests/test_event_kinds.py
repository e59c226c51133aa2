"""Every security event has a title that people can read."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils import translation

from crm.base.trail.event_kinds import KINDS, title

NOTING = {"note", "note_rarely"}


def noted() -> Iterator[str]:
    """Yield the kinds that the code notes, wherever it does."""
    for path in Path(settings.BASE_DIR).glob("[!.]*/**/*.py"):
        code = path.read_text()
        if "tests" not in path.parts and re.search(r"security_events|SecurityEvent\b", code):
            yield from noted_in(ast.parse(code))


def noted_in(tree: ast.Module) -> Iterator[str]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and name_of(call.func) in NOTING and call.args:
            words = [part for part in ast.walk(call.args[0]) if isinstance(part, ast.Constant)]
            yield from (str(word.value) for word in words)


def name_of(function: ast.expr) -> str:
    return getattr(function, "attr", "") or getattr(function, "id", "")


def test_every_kind_that_is_noted_has_a_title_and_every_title_is_used() -> None:
    assert set(noted()) == set(KINDS)


def test_titles_are_words_in_every_language() -> None:
    english = {kind: title(kind) for kind in KINDS}
    assert not set(english) & set(english.values())
    for code in ("es", "ru"):
        with translation.override(code):
            same = [kind for kind in KINDS if title(kind) == english[kind]]
        assert same == [], code
