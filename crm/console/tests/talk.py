"""Conversations with the console, without a process or a terminal of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from django.utils import translation

from crm.base.context import Actor
from crm.console.menu import Menu
from crm.console.terminal import Terminal

CTRL_C, CTRL_D = KeyboardInterrupt(), EOFError()
LEAVE = "7"


@dataclass(frozen=True)
class Talk:
    """What was said, and how it ended."""

    text: str
    code: int

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


class Typed(Terminal):
    """A person at a terminal, whose answers are known; they leave after the last one."""

    def __init__(self, answers: Iterator[Any], said: StringIO) -> None:
        super().__init__(StringIO(), said)
        self.interactive = True
        self.answers = answers

    def _read(self, question: str) -> str:
        self.say(question)
        answer = next(self.answers, LEAVE)
        if isinstance(answer, BaseException):
            raise answer
        return str(answer)


def piped(actor: Any, *answers: str, folder: Path = Path(), language: str = "es") -> Talk:
    """Return what the console says to a pipe with these lines."""
    lines = "".join(f"{answer}\n" for answer in answers)
    said = StringIO()
    return _talk(Terminal(StringIO(lines), said), said, actor, folder, language)


def typed(actor: Any, *answers: Any, folder: Path = Path(), language: str = "es") -> Talk:
    """Return what the console says to a person; ``CTRL_C`` and ``CTRL_D`` are answers, too."""
    said = StringIO()
    return _talk(Typed(iter(answers), said), said, actor, folder, language)


def _talk(terminal: Terminal, said: StringIO, actor: Any, folder: Path, language: str) -> Talk:
    def identify() -> Actor:
        known: Actor = actor() if callable(actor) else actor
        return known

    with translation.override(language):
        code = Menu(terminal, identify, folder).run()
    return Talk(said.getvalue(), code)
