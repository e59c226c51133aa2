"""A limit on length keeps hashing from becoming a way to keep the server busy."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class MaximumLengthValidator:
    def __init__(self, max_length: int = 128) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > self.max_length:
            raise ValidationError(
                _("The password has more than %(most)d characters."),
                code="password_too_long",
                params={"most": self.max_length},
            )

    def get_help_text(self) -> str:
        return _("At most %(most)d characters.") % {"most": self.max_length}
