"""A conversation at a terminal: one question, one line of answer. Knows nothing of policies."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

import click

from remit.cli.support.spoken import spoken
from remit.cli.support.terminal import colour_wanted, fitted, interactive, is_plain, width
from remit.decision.page.answer import GLUE, AnswerPage, cells, wrap
from remit.errors import ProblemsError
from remit.language.locales.messages import ENGLISH, Locale, Message
from remit.language.words import capital

__all__ = ["Back", "Quit", "Talk", "ask_for", "sentence", "show"]

T = TypeVar("T")

_LONGEST = 10_000


def show(answer: AnswerPage) -> None:
    """Print a page as this terminal can show it."""
    colour = colour_wanted()
    click.echo(fitted(answer.plain() if is_plain() else answer.paint(width(), colour=colour)), color=colour)


class Back(Exception):
    """What was asked before is to be asked again."""


class Quit(Exception):
    """Nothing more is to be asked."""


class Talk:
    """Asks and listens. Ctrl-C and Ctrl-D leave, as :class:`click.Abort`; ``<`` raises :class:`Back`, ``q`` :class:`Quit`.
    Messages are said as ``locale`` does."""

    def __init__(self, locale: Locale = ENGLISH) -> None:
        self.locale = locale
        self._words: Sequence[str] = ()
        try:
            import readline
        except ImportError:  # no line editing on this platform: plain lines do
            return
        readline.set_auto_history(False)  # what is said about a customer is not kept
        readline.set_completer_delims(",")
        readline.set_completer(self._complete)
        readline.parse_and_bind("bind ^I rl_complete" if "libedit" in (readline.__doc__ or "") else "tab: complete")

    def _complete(self, start: str, state: int) -> str | None:
        found = [word for word in self._words if word.casefold().startswith(start.strip().casefold())]
        return found[state] if state < len(found) else None

    def say(self, text: str, *, bold: bool = False, dim: bool = False, indent: str = "") -> None:
        """A paragraph."""
        colour = colour_wanted()
        for line in wrap(self.locale.of(text), width(), indent, indent):
            plain = fitted(line)
            click.echo(click.style(plain, bold=bold, dim=dim) if colour and (bold or dim) else plain, color=colour)

    def row(self, parts: Iterable[str], *, dim: bool = False, indent: str = "") -> None:
        """Parts beside each other; none is broken."""
        beside = (
            ", ".join(parts)
            if is_plain()
            else f"{GLUE * 2} ".join(each.replace(" ", GLUE) if cells(each) < width() - 4 else each for each in parts)
        )
        self.say(beside, dim=dim, indent="" if is_plain() else indent)

    def line(self, prompt: str = "> ", *, complete: Sequence[str] = ()) -> str:
        """One line, without spaces around it."""
        self._words = complete
        sys.stdout.flush()
        while True:
            try:
                return _as_typed(input(prompt)).strip()[:_LONGEST]
            except UnicodeDecodeError:
                self.say(Message("That could not be read. Please type it again."))
            except EOFError:
                raise click.Abort from None
            finally:
                self._words = ()

    def ask(
        self,
        question: str,
        take: Callable[[str], T],
        *,
        options: Sequence[str] = (),
        help_text: str = "",
        enter: str = "",
        beside: Sequence[tuple[str, Sequence[str]]] = (),
    ) -> T | None:
        """Ask until ``take`` accepts the answer: it raises ``ValueError`` or ``ProblemsError`` with what was expected.

        ``options`` are shown with their numbers. Enter alone, or ``skip``, gives ``None`` and means what ``enter`` says. A word
        that is, or begins, one of the options is never taken for ``back`` or ``quit``. ``beside`` are questions, each with its
        options, that may be answered on the same line.
        """
        click.echo()
        for text, choices in ((question, options), *beside):
            self.say(text, bold=True)
            if choices:
                self.row((f"{number} {word.replace('_', ' ')}" for number, word in enumerate(choices, 1)), indent="  ")
        if beside:
            self.say(Message("Answer one, or several with commas between."), dim=True)
        enter = self.locale.of(enter)
        words = [word for _, choices in ((question, options), *beside) for word in choices]
        while True:
            answer = self.line(f"[{enter}] > " if enter else "> ", complete=words)
            if answer == "" or answer.casefold().replace("\u2019", "'").strip(".") in _UNKNOWN:
                return None
            if answer == "?":
                self.say(help_text or Message("Type the answer, or Enter if you do not know."), dim=True, indent="  ")
                continue
            if not any(each.casefold().startswith(answer.casefold()) for each in words):
                _leave(answer.casefold())
            try:
                return take(answer)
            except (ValueError, ProblemsError) as error:
                self.refuse(error)

    def refuse(self, error: ValueError | ProblemsError) -> None:
        """Say what was wrong with an answer."""
        if isinstance(error, ProblemsError):
            wrong = [problem.message for problem in error.problems]
        else:
            wrong = [self.locale.of(error.args[0]) if error.args else str(error)]
        for each in wrong:
            self.say(sentence(each), indent="  ")

    def yes(self, question: str) -> bool:
        """Yes or no; Enter is no."""

        def take(answer: str) -> bool:
            low = answer.casefold()
            if low in _YES or low in _NO:
                return low in _YES
            raise ValueError(Message("please type y or n"))

        help_text = Message("y for yes; n or Enter for no.")
        return bool(self.ask(question, take, help_text=help_text, enter=Message("y/N")))


def ask_for(
    question: Message,
    take: Callable[[str], T],
    *,
    missing: Message,
    options: Sequence[str] = (),
    help_text: Message,
) -> T:
    """What a command cannot do without, where no option says it: at a terminal it is asked for.

    Raises ``click.UsageError`` with ``missing``, which names the option, where nobody is there to ask; ``click.Abort`` where
    the question is left.
    """
    if not interactive():
        raise click.UsageError(missing)
    talk = Talk(spoken())
    while True:
        try:
            found = talk.ask(question, take, options=options, help_text=help_text)
        except (Back, Quit):
            raise click.Abort from None
        if found is not None:
            return found
        talk.say(Message("This is needed. Type it, or q to stop without changing anything."), indent="  ")


#: Yes and no in the languages that have a catalogue.
_YES: Final = frozenset(("y", "yes", "j", "ja", "s", "si", "sí", "o", "oui"))
_NO: Final = frozenset(("n", "no", "nein", "non"))


#: How people say that they do not know, in these languages.
_UNKNOWN: Final = frozenset(
    (
        *("skip", "i don't know", "don't know", "dont know", "no idea"),
        *("ich weiss nicht", "weiss nicht", "keine ahnung"),  # as `casefold` has them
        *("no sé", "no lo sé", "je ne sais pas", "aucune idée"),
    )
)


def _leave(answer: str) -> None:
    """Raises what a word means that is no answer."""
    if answer in ("<", "back", "zurück", "atrás", "retour"):
        raise Back
    if answer in ("q", "quit"):
        raise Quit


def _as_typed(line: str) -> str:
    """What was typed, where the locale cannot read it (``LANG=C``) although the terminal writes UTF-8. Raises
    ``UnicodeDecodeError`` for anything else."""
    return line.encode("utf-8", "surrogateescape").decode("utf-8")


def sentence(message: str) -> str:
    """A problem's message, which is lowercase and has no period, as a sentence."""
    return capital(message) + ("" if message[-1:] in "?!." else ".")
