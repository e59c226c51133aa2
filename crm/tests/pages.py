"""Pages of the back office, as tests read and fill them in."""

import re
from html import unescape
from typing import Any

from django.contrib.messages import get_messages


def filled(page: Any, **changes: Any) -> dict[str, Any]:
    """Return what a browser would POST from the page's form, with ``changes`` typed in."""
    context = page.context
    form = context["adminform"].form if "adminform" in context else context["form"]
    values = {name: form[name].value() for name in form.fields}
    values = {name: "" if value is None else value for name, value in values.items()}
    sent = {name: "on" if value is True else value for name, value in values.items()}
    return {name: value for name, value in (sent | changes).items() if value is not False}


def errors(page: Any) -> dict[str, str]:
    """Return the form's errors, one text for each field; "" is the whole."""
    context = page.context
    form = context["adminform"].form if "adminform" in context else context["form"]
    names = {"__all__": ""}
    return {
        names.get(name, name): unescape(" ".join(map(str, problems)))
        for name, problems in form.errors.items()
    }


def told(page: Any) -> list[str]:
    """Return the messages a page, or a redirect, leaves for the user."""
    return [unescape(str(message)) for message in get_messages(page.wsgi_request)]


def text(page: Any) -> str:
    """Return what is read on the page, with single spaces."""
    body = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", " ", page.content.decode())
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def listed(page: Any) -> list[Any]:
    """Return the records that a list shows, in its order."""
    return list(page.context["cl"].result_list)
