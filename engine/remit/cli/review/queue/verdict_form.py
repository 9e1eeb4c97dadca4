"""What is asked with a verdict: what lies behind it, a note, tags, and whether the team may read it. It writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from remit.cli.support.prompt import Back
from remit.decision.typed import choose
from remit.errors import RequestError
from remit.ledger.quality.reviews import CAUSES, VERDICTS, tag_problems

if TYPE_CHECKING:
    from remit.cli.support.prompt import Talk

__all__ = ["VerdictDraft", "ask_coaching", "fill_in"]

#: How much of an earlier answer is shown before a prompt.
_SHOWN: Final = 40
#: What takes an earlier answer away.
_CLEAR: Final = "-"


@dataclass(slots=True)
class VerdictDraft:
    """What a reviewer has said of one record so far; it is kept until it is on record or they leave."""

    verdict: str | None = None
    cause: str | None = None
    note: str | None = None
    tags: tuple[str, ...] = ()
    shared: bool = False
    #: Who reads the note.
    readers: str = "They will read it."

    @property
    def is_started(self) -> bool:
        """Whether something was typed that would be lost."""
        return bool(self.cause or self.note or self.tags)

    def told(self) -> str:
        """``coach (more than the case called for): "Ask first."; tags: noise``."""
        cause = f" ({CAUSES[self.cause]})" if self.cause else ""
        note = f": \u201c{self.note}\u201d" if self.note else ""
        tags = f"; tags: {', '.join(self.tags)}" if self.tags else ""
        return f"{self.verdict}{cause}{note}{tags}{'; shared with the team' if self.shared else ''}"

    def given(self, *tags: str) -> dict[str, Any]:
        """As :meth:`remit.Ledger.review` takes it, with more ``tags`` that say how the record was drawn."""
        may_share, has_cause = self.verdict == "praise", self.verdict in ("coach", "policy")
        return {
            "verdict": self.verdict,
            "cause": self.cause if has_cause else None,
            "note": self.note,
            "tags": (*self.tags, *tags),
            "shared": self.shared and may_share,
        }


def fill_in(talk: Talk, draft: VerdictDraft, verdict: str, *, is_review: bool = True) -> None:
    """Ask what belongs to a verdict, and put it into the draft; ``<`` goes to the question before. What is no review, but a
    verdict of a calibration, is not shared and has no tags.

    Raises :class:`~remit.cli.support.prompt.Back` before the first question and :class:`~remit.cli.support.prompt.Quit`; what
    was typed until then stays in the draft, and the verdict is as it was.
    """
    steps = [step for step in _STEPS[verdict] if is_review or step not in (_ask_tags, _ask_share)]
    at = 0
    while at < len(steps):
        try:
            steps[at](talk, draft)
            at += 1
        except Back:
            if at == 0:
                raise
            at -= 1
    draft.verdict = verdict


def _ask_cause(talk: Talk, draft: VerdictDraft) -> None:
    found = talk.ask(
        "What lies behind it?",
        lambda text: text if text == _CLEAR else choose(text, list(CAUSES)),
        options=list(CAUSES),
        help_text=". ".join(f"{name.replace('_', ' ')}: {said}" for name, said in CAUSES.items()),
        enter=draft.cause.replace("_", " ") if draft.cause else "none of these",
    )
    draft.cause = None if found == _CLEAR else found or draft.cause


def _ask_note(talk: Talk, draft: VerdictDraft, question: str, *, needed: bool) -> None:
    while True:
        enter = _short(draft.note) or ("" if needed else "none")
        found = talk.ask(question, str, help_text="- takes it away.", enter=enter)
        draft.note = None if found == _CLEAR else found or draft.note
        if draft.note or not needed:
            return
        talk.say("To coach, say it in a sentence: what you would have done, and why.", indent="  ")


def ask_coaching(talk: Talk, draft: VerdictDraft) -> None:
    """The note without which nobody is coached."""
    _ask_note(talk, draft, f"What would you have done, and why? {draft.readers}", needed=True)


def _ask_change(talk: Talk, draft: VerdictDraft) -> None:
    _ask_note(talk, draft, "What should the policy say?", needed=False)


def _ask_praise(talk: Talk, draft: VerdictDraft) -> None:
    _ask_note(talk, draft, f"What was good about it? {draft.readers}", needed=False)


def _ask_tags(talk: Talk, draft: VerdictDraft) -> None:
    def take(text: str) -> tuple[str, ...]:
        if text == _CLEAR:
            return ()
        found = tuple(dict.fromkeys(text.lower().replace(",", " ").split()))
        if problems := tag_problems((*found, "how-it-was-drawn")):
            raise RequestError(problems)
        return found

    found = talk.ask(
        "Tags to find it by?",
        take,
        help_text="Short words, such as noise late-shift. They are in the log, so name nobody.",
        enter=" ".join(draft.tags) or "none",
    )
    draft.tags = draft.tags if found is None else found


def _ask_share(talk: Talk, draft: VerdictDraft) -> None:
    draft.shared = talk.yes("May the team read your praise, and their story?")


#: What is asked with each verdict.
_STEPS: Final[dict[str, tuple[Callable[[Talk, VerdictDraft], None], ...]]] = {
    "agree": (),
    "praise": (_ask_praise, _ask_share, _ask_tags),
    "coach": (_ask_cause, ask_coaching, _ask_tags),
    "policy": (_ask_cause, _ask_change, _ask_tags),
}
assert _STEPS.keys() == VERDICTS.keys()


def _short(text: str | None) -> str:
    if text is None:
        return ""
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3].rstrip()}..."
