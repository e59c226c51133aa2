"""What the console reads and writes: a terminal, or a pipe to which nothing but text goes."""

import contextlib
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from getpass import getpass
from importlib import import_module
from typing import IO, Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.base.api.field_errors import flatten_validation
from crm.base.text import validate_text


def _available(module: str) -> Any:
    try:
        return import_module(module)
    except ImportError:  # not a Unix
        return None


_available("readline")  # with it, input() lets people move in their answers and repeat them
termios = _available("termios")

Value = TypeVar("Value")
LONGEST_ANSWER = 2000
PAGE_IN_A_PIPE = 200
FEWEST_LINES = 5
WIDE = 100  # below that, rows take two lines
AROUND_A_PAGE = 6  # lines: heading, rule, question
# They end lines, move cursors or turn the order of what is around them.
_DANGEROUS_CATEGORIES = {"Cc", "Cs", "Zl", "Zp"}
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    """Return ``text`` as one line in which no character commands a terminal."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, _BIDI.sub("", text)))


def _shown(character: str) -> str:
    if character in "\n\t":
        return " "
    return "\ufffd" if unicodedata.category(character) in _DANGEROUS_CATEGORIES else character


class Terminal:
    """Asks and tells. Whatever is told passes ``harmless``.

    ``troubled`` becomes true when an answer or an action was refused.
    """

    def __init__(self, stdin: IO[str], stdout: IO[str]) -> None:
        self.stdin, self.stdout = stdin, stdout
        self.interactive = stdin.isatty() and stdout.isatty()
        self.troubled = False

    @property
    def page_size(self) -> int:
        """Return how many rows are shown before somebody is asked to go on."""
        if not self.interactive:
            return PAGE_IN_A_PIPE
        size = shutil.get_terminal_size()
        room = size.lines - AROUND_A_PAGE
        return max(FEWEST_LINES, room if size.columns >= WIDE else room // 2)

    def say(self, text: Any = "") -> None:
        for line in str(text).split("\n"):
            self.stdout.write(harmless(line) + "\n")
        self.stdout.flush()

    def refuse(self, message: Any) -> None:
        self.troubled = True
        self.say(f"❌ {message}")

    def ask(self, question: Any) -> str:
        """Return one line, trimmed; asks again for what no honest text has.

        Raises ``EOFError`` at the end of the input and ``KeyboardInterrupt`` for Ctrl-C.
        """
        while True:
            answer = self._read(harmless(str(question))).strip().removeprefix("\ufeff")
            try:
                return _checked(answer)
            except ValidationError as error:
                self.tell(error)

    def ask_until(self, question: Any, read: Callable[[str], Value]) -> Value:
        """Return what ``read`` makes of an answer; asks again while it raises an error."""
        while True:
            try:
                return read(self.ask(question))
            except ValidationError as error:
                self.tell(error)

    def ask_secret(self, question: Any) -> str:
        """Return one line that is not shown while it is typed; a pipe's next line."""
        if not self.stdin.isatty():
            return self._read(str(question))
        try:
            return getpass(str(question))
        except UnicodeDecodeError:
            return ""

    def go_on(self) -> bool:
        """Tell whether to show another page; a pipe gets them all."""
        if not self.interactive:
            return True
        answer = self.ask(_("Enter shows more, q goes back: ")).lower()
        return not answer.startswith("q")

    def tell(self, error: ValidationError) -> None:
        for row in flatten_validation(error):
            self.refuse(row["detail"])

    def _read(self, question: str) -> str:
        if self.interactive:
            return input(question)
        # Answers are not echoed there: the question needs a line of its own.
        self.say(question)
        line = self.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\r\n")


def _checked(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise ValidationError(_("Use at most %(most)d characters.") % {"most": LONGEST_ANSWER})
    validate_text(answer)
    return answer


@contextlib.contextmanager
def left_as_found(stream: IO[str]) -> Iterator[None]:
    """Bring the terminal's settings back at the end, however the block is left."""
    if termios is None or not stream.isatty():
        yield
        return
    found = termios.tcgetattr(stream)
    try:
        yield
    finally:
        termios.tcsetattr(stream, termios.TCSADRAIN, found)
