"""E-mail on a developer's screen: what a reader would see, and not how it travels."""

from typing import Any

from django.core.mail.backends.console import EmailBackend as ConsoleBackend


class EmailBackend(ConsoleBackend):
    def write_message(self, message: Any) -> None:
        names = [name for name, _content, _kind in message.attachments]
        lines = [
            f"To:      {', '.join(message.recipients())}",
            f"Subject: {message.subject}",
            *([f"With:    {', '.join(names)}"] if names else []),
            "",
            *message.body.strip().splitlines(),
        ]
        self.stream.write("".join(f"  | {line}".rstrip() + "\n" for line in lines))
        self.stream.write("\n")
