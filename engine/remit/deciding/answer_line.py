"""One line of answers: to the question that was asked, and to those that come with it or after it.

``900, airline, 2`` has an answer for each of three questions, in their order; a blank one is not known. ``cancelled 900`` has
none of the commas: as many words as make an answer are taken for one, and the rest must answer the questions that come next, or
else nothing is taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from remit.deciding.interview import Interview
from remit.deciding.questions import Question
from remit.errors import RequestError
from remit.language.locales.messages import Message
from remit.language.words import show_value

__all__ = ["take_line"]

#: A comma between answers; one inside a number is part of the number.
_BETWEEN: Final = r"\s*(?:;|,(?=\s|,|$)|(?<!\d),|,(?!\d))\s*"
#: Kinds of answer that can have a comma themselves: ``Nov 20, 2026``.
_WITH_COMMAS: Final = ("date", "time", "date-time", "list")


def take_line(interview: Interview, questions: Sequence[Question], text: str) -> list[ValueError | RequestError]:
    """Answer ``questions``, and what is asked next, with ``text``. Returns what was wrong with some of the answers: the others
    count. Raises ``ValueError`` or :class:`remit.RequestError` where nothing of it was taken."""
    first = questions[0]
    kind = first.fact.type.kind
    answers = re.split(_BETWEEN, text)
    if len(answers) > 1 and kind in _WITH_COMMAS:
        try:
            interview.answer(first, text)
        except (ValueError, RequestError):
            pass
        else:
            return []
    if len(answers) == 1 or (len(questions) == 1 and kind in ("text", "list")):
        _take_words(interview, first, text)
        return []
    return _take_answers(interview, questions, answers)


def _take_answers(
    interview: Interview, questions: Sequence[Question], answers: Sequence[str]
) -> list[ValueError | RequestError]:
    """One answer for each question, in their order; what is left over is for those that are asked next."""
    wrong: list[ValueError | RequestError] = []
    waiting, taken = list(questions), 0
    for answer in answers:
        if not waiting and not wrong:
            waiting = list(interview.together())
        if not waiting:
            wrong.append(ValueError(Message("nothing was asked that `{typed}` answers", typed=show_value(answer))))
            continue
        question = waiting.pop(0)
        try:
            if answer:
                interview.answer(question, answer)
            else:
                interview.skip(question)
            taken += 1
        except (ValueError, RequestError) as error:
            wrong.append(error)
    if not taken:
        raise wrong[0]
    return wrong


def _take_words(interview: Interview, first: Question, text: str) -> None:
    """All of a line as one answer, or else its first words, if the others answer what is asked next."""
    try:
        interview.answer(first, text)
    except (ValueError, RequestError):
        words = text.split()
        for count in range(len(words) - 1, 0, -1):
            try:
                with interview.undone():
                    interview.answer(first, " ".join(words[:count]))
                    _take_rest(interview, " ".join(words[count:]))
            except (ValueError, RequestError):
                continue
            return
        raise


def _take_rest(interview: Interview, text: str) -> None:
    """A name is never taken from words without a comma: any words could be one."""
    following = interview.next()
    if following is None or following.fact.type.kind == "text":
        raise ValueError(text)
    _take_words(interview, following, text)
