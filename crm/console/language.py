"""In which language the console speaks."""

from collections.abc import Mapping

from django.conf import settings

# In the order in which POSIX reads them (IEEE 1003.1, section 8.2).
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def language_of(environment: Mapping[str, str]) -> str | None:
    """Return the language that the environment asks for; None where it names none of ours."""
    asked = next((environment[name] for name in VARIABLES if environment.get(name)), "")
    language = asked.partition(".")[0].partition("@")[0].partition("_")[0].lower()
    return language if language in dict(settings.LANGUAGES) else None
