"""What was wrong with a command line, in the language of the command. Click finds it, and has words for it in English only."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Final

import click
from click.exceptions import BadOptionUsage, MissingParameter, NoSuchOption

from remit.language.locales.messages import Locale, Sentence

__all__ = ["language_in", "usage_text"]


def language_in(args: Sequence[str], command: click.Command) -> str | None:
    """The language that a command line states, where click has not come to read it; ``None`` where the command takes none, or
    it is not said."""
    options = {name for each in command.params for name in each.opts}
    if "--language" not in options and not isinstance(command, click.Group):
        return None
    found = None
    for at, each in enumerate(args):
        name, sign, value = each.partition("=")
        if name == "--language":
            found = value if sign else next(iter(args[at + 1 :]), None)
    return found or os.environ.get("REMIT_LANGUAGE")


def usage_text(error: click.UsageError, locale: Locale) -> str:
    """What ``error`` says, in a sentence; what click says in words that are not known here stays English."""
    match error:
        case NoSuchOption(option_name=name, possibilities=near):
            told, meant = locale("There is no option `{name}`.", name=name), _names(near or (), locale)
            hint = locale("Did you mean {names}?", names=meant)
            return f"{told} {hint}" if near else told
        case MissingParameter(param=click.Option() as option):
            return _with_choices(locale("The option `{name}` is missing.", name=option.opts[0]), option, locale)
        case MissingParameter(param=click.Argument() as argument):
            return _with_choices(
                locale("The argument `{name}` is missing.", name=argument.human_readable_name), argument, locale
            )
        case click.BadParameter(param=None, param_hint=None):
            return _sentence(error.message, locale)
        case click.BadParameter(param=param, param_hint=hint):
            name = hint if isinstance(hint, str) else param.opts[0] if isinstance(param, click.Option) else _called(param)
            return locale("`{name}`: {why}", name=name, why=_sentence(error.message, locale))
        case BadOptionUsage(option_name=name) if "not take" in error.message:
            return locale("The option `{name}` takes no value.", name=name)
        case BadOptionUsage(option_name=name) if "requires an" in error.message:
            return locale("The option `{name}` needs a value.", name=name)
    return _sentence(error.format_message(), locale)


def _called(param: click.Parameter | None) -> str:
    return "" if param is None else param.human_readable_name


def _names(names: Sequence[str], locale: Locale) -> str:
    return locale.listing([f"`{each}`" for each in names], "or")


def _with_choices(told: str, param: click.Parameter, locale: Locale) -> str:
    """What is missing, and what it may be."""
    if not isinstance(param.type, click.Choice):
        return told
    choices = locale("It is one of {names}.", names=_names(list(map(str, param.type.choices)), locale))
    return f"{told} {choices}"


#: What click says, and how that is said.
_KNOWN: Final = (
    (
        re.compile(r"Got unexpected extra arguments? \((?P<typed>.*)\)"),
        Sentence("This is more than the command takes: `{typed}`."),
    ),
    (re.compile(r"'(?P<typed>.*)' is not one of (?P<names>.*)\."), Sentence("`{typed}` is none of {names}.")),
    (re.compile(r"'(?P<typed>.*)' is not a valid integer(?: range)?\."), Sentence("`{typed}` is not a whole number.")),
    (re.compile(r"'(?P<typed>.*)' is not a valid float(?: range)?\."), Sentence("`{typed}` is not a number.")),
    (re.compile(r"(?P<typed>\S+) is not in the range (?P<range>.*)\."), Sentence("`{typed}` is not in the range {range}.")),
)


def _sentence(text: str, locale: Locale) -> str:
    """A sentence of click, or of remit, as ``locale`` has it."""
    for pattern, sentence in _KNOWN:
        found = pattern.fullmatch(text)
        if found is not None:
            values = found.groupdict()
            if "names" in values:
                values["names"] = _names([each.strip("'") for each in values["names"].split(", ")], locale)
            return locale(sentence, **values)
    return text
