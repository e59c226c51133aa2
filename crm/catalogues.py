"""The translation catalogues, kept by Babel: no gettext programs need to be installed.

Django's own texts (and those of the packages) are translated by their catalogues; ours hold only
what this project says, and what ``crm.borrowed_texts`` lists.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

LANGUAGES = ("es", "ru")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
METHODS = [
    ("**/tests/**", "ignore"),
    ("**/migrations/**", "ignore"),
    ("**/templates/**.html", "crm.catalogues:extract_template"),
    ("**.py", "python"),
]
WITHOUT_LINE: Any = ""  # line numbers would change the file at every edit
APPS = ("crm", "accounts", "customers", "leads", "invoices", "audit")


def extract_template(
    file: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[Any]:
    """Yield the messages of a Django template, as Babel asks its extractors to."""
    source = templatize(file.read().decode())
    # The markup's indentation is none that Python's tokenizer always takes.
    level = "\n".join(line.lstrip() for line in source.splitlines())
    return extract_python(BytesIO(level.encode()), keywords, comment_tags, {})


def messages() -> Catalog:
    """Return every message of the project's code and templates."""
    catalog = Catalog(charset="utf-8")
    for app in APPS:
        folder = Path(settings.BASE_DIR) / app
        found = extract_from_dir(str(folder), METHODS, keywords=KEYWORDS)
        for path, _line, message, _comments, context in found:
            catalog.add(message, locations=[(f"{app}/{path}", WITHOUT_LINE)], context=context)
    return catalog


def po_path(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def load(language: str) -> Catalog:
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", project="CRM", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str) -> Catalog:
    """Return the language's catalogue with today's messages; translations are kept."""
    catalog = load(language)
    catalog.update(messages(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.header_comment = "# Kept by `manage.py messages`; translate here, then run it again."
    return catalog


def untranslated(catalog: Catalog) -> list[str]:
    """Return the messages without a translation, or with one whose placeholders differ."""
    return [
        str(message.id)
        for message in catalog
        if message.id and (not all(_strings(message)) or message.check(catalog))
    ]


def _strings(message: Any) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


def as_po(catalog: Catalog) -> bytes:
    """Return the text of the ``.po`` file, the same for the same messages."""
    file = BytesIO()
    write_po(file, catalog, omit_header=False, sort_output=True, width=100)
    stamped = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Last-Translator')
    lines = file.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(stamped))


def as_mo(catalog: Catalog) -> bytes:
    """Return the compiled catalogue, the same whenever it is compiled."""
    catalog.creation_date = catalog.revision_date = datetime(2000, 1, 1, tzinfo=UTC)
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()
