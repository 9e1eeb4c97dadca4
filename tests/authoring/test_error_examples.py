"""``remit check --explain`` of an error shows an example and its fix: each is tried on a policy that is otherwise good."""

from __future__ import annotations

import pytest

from remit.authoring.checks.catalogue import CHECKS, error_example, known_codes, page
from remit.policy.loader import inspect_model
from support.golden import CASES

GOOD = (CASES / "policy" / "good" / "front-desk.yaml").read_text(encoding="utf-8")
ERRORS = sorted(set(known_codes()) - {check.code for check in CHECKS})

#: What the examples stand in place of, where it is not the right one itself.
PLACES = {
    "types/duplicate-entry": "half_rate: stay.nightly_rate * 50%",
    "types/first-order": "when: occurred < stay.ended",
    "types/not-a-function": "half_rate: stay.nightly_rate * 50%",
    "names/no-input": "when: occurred < stay.ended",
    "names/unknown": "when: occurred < stay.ended",
    "names/unknown-calendar": "when: occurred < stay.ended",
    "names/unknown-parameter": "when: occurred < stay.ended",
    "names/unknown-property": "when: occurred < stay.ended",
    "names/unknown-type": "when: occurred < stay.ended",
    "policy/bare-date": "when: occurred < stay.ended",
    "policy/cap-counts": "- {id: per-guest, per: guest.id, over: 90 days, max: 4 grants}",
    "policy/choice-words": "guest.id: {type: text, personal: true}",
    "policy/claim": "rules:",
    "policy/dated-by": "rate:\n  dated:",
    "yaml/split-text": "credit: {type: money, title: Folio credit}",
    "policy/missing-line": "half_rate: stay.nightly_rate * 50%",
    "policy/mixed-types": '- [noise, ">= 2", stay.nights]',
    "policy/most": "then: {limit: {credit: 0 EUR, points: 0}}",
    "policy/needs-key": "half_rate: stay.nightly_rate * 50%",
    "policy/nested-fact": "stay.ended: {type: date}",
    "policy/own-account": "rules:",
    "policy/unquoted-text": "when: {incident.kind: injury}",
    "syntax/arguments": "when: occurred < stay.ended",
    "syntax/at-literal": "when: occurred < stay.ended",
    "syntax/between": "when: occurred < stay.ended",
    "syntax/chained": "when: occurred < stay.ended",
    "syntax/character": "when: occurred < stay.ended",
    "syntax/date": "when: occurred < stay.ended",
    "syntax/duration": "when: occurred < stay.ended",
    "syntax/else": "half_rate: stay.nightly_rate * 50%",
    "syntax/keyword": "half_rate: stay.nightly_rate * 50%",
    "syntax/number": "associate: 30 EUR",
    "syntax/quote": "when: occurred < stay.ended",
    "syntax/range": 'stay.nights: ">= 2"',
    "syntax/tests": 'stay.nights: ">= 2"',
    "syntax/then": "half_rate: stay.nightly_rate * 50%",
    "syntax/unclosed": 'when: "guest.recoveries >= 3"',
    "types/argument": "when: occurred < stay.ended",
    "types/argument-count": "when: occurred < stay.ended",
    "types/branches": "half_rate: stay.nightly_rate * 50%",
    "types/comparison": "when: occurred < stay.ended",
    "types/condition": "when: occurred < stay.ended",
    "types/date-kinds": "when: occurred < stay.ended",
    "types/division-by-zero": "when: occurred < stay.ended",
    "types/expected": "owed: {credit: half_rate}",
    "types/mixed-list": "when: occurred < stay.ended",
    "types/no-value": "when: occurred < stay.ended",
    "types/not-a-list": "when: occurred < stay.ended",
    "types/order": "when: occurred < stay.ended",
    "types/position": "when: occurred < stay.ended",
    "yaml/after-quote": "when: occurred < stay.ended",
    "yaml/boolean-word": "of: [noise, cleanliness, injury]",
    "yaml/colon": "say: I want the duty manager to look after you personally.",
    "yaml/comment": "credit: {type: money, title: Folio credit}",
    "yaml/disguised-number": "late_checkout: {type: exception, title: Late checkout}",
    "yaml/escape": 'ask: "Which tier is the guest?"',
    "yaml/indentation": "evidence:\n  note: {title: A note on the folio}",
    "yaml/needs-quotes": 'version: "2026.1"',
    "yaml/split-formula": "owed: {credit: half_rate}",
    "yaml/tag": 'stay.nights: ">= 2"',
}
#: Examples that are a file by themselves, or sections beside these.
WHOLE = {
    "policy/by-currency",
    "policy/discretion",
    "policy/list-test",
    "policy/no-currency",
    "policy/rates",
    "types/list-among-items",
    "yaml/empty",
    "yaml/not-a-mapping",
}
#: Told of folders, of rosters, of bytes, or of files too large for an example: shown in words.
IN_WORDS = {
    "names/unknown-value",
    "policy/shared-cap",
    "policy/shown",
    "policy/translation",
    "types/parameter-type",
    "names/unsupported-function",
    "policy/long-chain",
    "policy/not-found",
    "policy/overlap",
    "policy/too-long",
    "policy/too-many",
    "policy/too-many-files",
    "policy/too-many-formulas",
    "policy/too-many-problems",
    "policy/unreadable",
    "roster/confusable",
    "roster/days",
    "roster/id",
    "roster/lookup",
    "roster/publisher",
    "roster/self",
    "roster/twice",
    "roster/unknown",
    "syntax/empty",
    "syntax/too-deep",
    "syntax/too-long",
    "types/too-deep",
    "types/whole-number",
    "yaml/character",
    "yaml/encoding",
    "yaml/syntax",
    "yaml/too-deep",
    "yaml/too-large",
    "yaml/too-long",
}


def written(code: str, snippet: str) -> str:
    if code in WHOLE:
        return whole(code, snippet)
    place = PLACES.get(code) or error_example(code)[1]
    line = next(line for line in GOOD.splitlines() if place.partition("\n")[0] in line)
    indent = "\n" + line[: len(line) - len(line.lstrip(" "))]
    place, snippet = place.replace("\n", indent), snippet.replace("\n", indent)
    assert place in GOOD
    return GOOD.replace(place, snippet, 1)


def whole(code: str, snippet: str) -> str:
    if code.startswith("yaml/"):
        return snippet
    gives = "{points: 10}" if "points:" in snippet else "{credit: 10 EUR}"
    sections = {
        "currency": "" if code in ("policy/by-currency", "policy/no-currency", "policy/rates") else "currency: EUR",
        "ladder": "ladder: [associate, supervisor]",
        "remedies": "remedies: {credit: {type: money, title: Folio credit}}",
        "rules": f"rules: [{{id: small, because: Sorry., may: {gives}}}]",
    }
    more = (text for name, text in sections.items() if f"{name}:" not in snippet)
    return "\n".join(('policy: p\ntitle: P\nversion: "1"\nowner: o', snippet, *more, ""))


@pytest.mark.parametrize("code", ERRORS)
def test_every_error_has_an_example_and_its_fix(code: str) -> None:
    wrong, right = error_example(code)
    text = page(code)
    assert text is not None
    assert f"## Wrong\n\n```yaml\n{wrong}\n```\n\n## Right\n\n```yaml\n{right}\n```\n" in text
    assert wrong != right


@pytest.mark.parametrize("code", sorted(set(ERRORS) - IN_WORDS))
def test_the_example_brings_the_error_about_and_the_fix_ends_it(code: str) -> None:
    wrong, right = (inspect_model(written(code, each))[1] for each in error_example(code))
    assert {problem.code for problem in wrong} == {code}
    assert code not in {problem.code for problem in right}
    assert right == () or code in ("yaml/empty", "yaml/not-a-mapping"), "which are no policies yet"


def test_what_is_shown_in_words_is_an_error_still() -> None:
    assert set(ERRORS) >= IN_WORDS
    assert set(PLACES) <= set(ERRORS) - IN_WORDS - WHOLE
