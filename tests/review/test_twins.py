"""Like cases: a difference that is planted is found, none is found where there is none, and the sums are the same however they
are made."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.review.actions import Action, Actor
from remit.review.twins.like_cases import LikeCases
from remit.review.twins.twin_cells import Cell
from remit.review.twins.twin_comparisons import FEWEST_PAIRS, LEVEL, TwinGroup
from remit.review.twins.twin_findings import Twins, compare
from remit.review.twins.twin_tally import EMPLOYEES, MOST_VALUES, Tally
from remit.review.twins.twin_words import figures, paragraphs, plain
from support.golden import same_as
from support.hotel_year import ALL, FOLDER, houses
from support.hotel_year import year as hotel_year
from support.like_years import AGENTS, LANGUAGES, PEOPLE, SITES, Treat, contact, tallied, year
from support.trials import scaled, trials

SEEDS = range(1, 21)


def found(seed: int, treat: Treat, count: int = 5_000) -> Twins:
    return compare(tallied(year(seed, count, treat)))


def groups(twins: Twins) -> set[tuple[str, str, str | None]]:
    return {(each.group.dimension, each.group.value, each.group.site) for each in twins.findings}


def stingy_site(actor: Actor, language: str) -> tuple[float, float, float]:
    return (0.6 if actor.site == SITES[2] else 1.0), 0.08, 0.12


def unfair_site(actor: Actor, language: str) -> tuple[float, float, float]:
    unfair = actor.site == SITES[3] and language == "de"
    return (0.55, 0.25, 0.12) if unfair else (1.0, 0.08, 0.12)


def unfair_everywhere(actor: Actor, language: str) -> tuple[float, float, float]:
    return (0.75 if language == "fr" else 1.0), 0.08, 0.12


def generous_person(actor: Actor, language: str) -> tuple[float, float, float]:
    return (1.7 if actor == PEOPLE[9] else 1.0), 0.08, 0.12


def anxious_agents(actor: Actor, language: str) -> tuple[float, float, float]:
    return 1.0, 0.08, (0.35 if actor.agent else 0.12)


PLANTS: list[tuple[Treat, tuple[str, str, str | None], str, bool]] = [
    (stingy_site, ("site", SITES[2], None), "amount", False),
    (unfair_site, ("customer.language", "de", SITES[3]), "amount", False),
    (unfair_everywhere, ("customer.language", "fr", None), "amount", False),
    (generous_person, ("employee", PEOPLE[9].id, None), "amount", True),
    (anxious_agents, ("agent", "AI agents", None), "sent_up", True),
]


@pytest.mark.slow
@pytest.mark.parametrize(("treat", "group", "measure", "more"), PLANTS, ids=lambda each: getattr(each, "__name__", ""))
def test_what_is_planted_is_found_with_every_seed(
    treat: Treat, group: tuple[str, str, str | None], measure: str, more: bool
) -> None:
    for seed in list(SEEDS)[: scaled(20)]:
        twins = found(seed, treat)
        assert group in groups(twins), seed
        finding = next(each for each in twins.findings if (each.group.dimension, each.group.value, each.group.site) == group)
        told = {each.measure: each for each in finding.comparisons}
        assert (told[measure].difference.estimate > 0) is more
        assert told[measure].interval.low < told[measure].difference.estimate < told[measure].interval.high
        assert finding.comparisons[0].chance <= LEVEL


@pytest.mark.slow
def test_where_all_are_treated_alike_hardly_any_year_has_a_finding() -> None:
    """Of 20 years one may have a finding that is large enough to matter; here none has."""
    wrong = [seed for seed in SEEDS if found(seed, lambda actor, language: (1.0, 0.08, 0.12)).findings]
    assert len(wrong) <= 1, wrong


@pytest.mark.slow
def test_the_error_rate_holds_whatever_matters() -> None:
    """At most 5% of years without any difference have a finding, also where every difference matters, however small."""
    runs = 120
    wrong = 0
    for seed in range(runs):
        tally = tallied(year(1_000 + seed, 1_500))
        wrong += bool(compare(tally, at_least=0.0).findings)
    assert wrong <= 11, wrong  # of 120 with one in 20: more have a chance of 2%


def test_two_like_cases_show_a_finding() -> None:
    twins = found(1, unfair_site)
    actions = {each.seq: each for each in year(1, 5_000, unfair_site)}
    finding = next(each for each in twins.findings if each.group.value == "de" and each.group.site == SITES[3])
    assert finding.example is not None
    own, other = (actions[seq] for seq in finding.example)
    assert own.facts["customer.language"] == "de" != other.facts["customer.language"]
    assert own.actor is not None is not other.actor
    assert own.actor.site == SITES[3] == other.actor.site
    assert own.facts["case.kind"] == other.facts["case.kind"]
    assert (own.facts["case.level"] >= 3) == (other.facts["case.level"] >= 3)
    assert own.given.get("credit", 0) < other.given["credit"]
    assert all(f"`remit why {seq}`" in "\n".join(paragraphs(twins)) for seq in finding.example)


# -- sums


ACTORS = st.sampled_from((*PEOPLE[:3], *PEOPLE[8:10], AGENTS[0]))
FACTS = st.fixed_dictionaries(
    {"case.kind": st.sampled_from(("late", "broken")), "case.level": st.integers(1, 5)},
    optional={"customer.language": st.sampled_from(LANGUAGES), "customer.member": st.booleans()},
)
CONTACTS = st.lists(st.tuples(ACTORS, FACTS, st.none() | st.sampled_from((500, 1500, 4000))), max_size=30)


def contacts(some: list[tuple[Actor, dict[str, Any], int | None]]) -> list[Action]:
    return [contact(seq, *each) for seq, each in enumerate(some, 1)]


def state(tally: Tally) -> tuple[Any, ...]:
    return tally.tables, tally.cases, tally.left_out, tally.crowded, {key: len(some) for key, some in tally.customers.items()}


@given(CONTACTS, st.randoms(use_true_random=False), st.sampled_from((12, 1_000)))
@trials(200)
def test_the_order_of_records_makes_no_difference(
    some: list[tuple[Actor, dict[str, Any], int | None]], dice: random.Random, most: int
) -> None:
    forwards = contacts(some)
    shuffled = dice.sample(forwards, len(forwards))
    one, two = tallied(forwards, most_cells=most), tallied(shuffled, most_cells=most)
    assert state(one) == state(two)
    assert plain(compare(one)) == plain(compare(two))


@given(CONTACTS, st.integers(0, 30), st.sampled_from((12, 1_000)))
@trials(200)
def test_two_halves_joined_are_the_whole(some: list[tuple[Actor, dict[str, Any], int | None]], at: int, most: int) -> None:
    actions = contacts(some)
    whole = tallied(actions, most_cells=most)
    half, rest = tallied(actions[:at], most_cells=most), tallied(actions[at:], most_cells=most)
    half.join(rest)
    assert state(half) == state(whole)


def test_more_strata_than_can_be_kept_are_left_out_at_random_and_counted() -> None:
    actions = [
        contact(
            seq,
            PEOPLE[seq % 9],
            {"case.kind": "late", "case.level": 3, "order.value": f"{10 ** (seq % 12)} EUR"},
            1000,
            version=str(seq),
        )
        for seq in range(1, 600)
    ]
    actions = [replace(each, digest=f"text-{each.seq % 40}") for each in actions]
    few = tallied(actions, most_cells=100)
    kept = sum(len(groups) for table in few.tables.values() for groups in table.values())
    assert 20 < kept <= 100
    assert 0 < few.left_out < few.cases == len(actions)
    assert any("were left out" in each for each in paragraphs(compare(few)))
    assert not tallied(actions).left_out


def one_cell(actions: list[Action]) -> Cell:
    (groups,) = (groups for block, groups in tallied(actions).tables[EMPLOYEES].items() if not block.of_any)
    (cell,) = groups.values()
    return cell


def test_an_answer_counts_for_the_case_that_it_answers() -> None:
    task = contact(1, PEOPLE[0], {"case.kind": "late", "case.level": 1}, None, kind="escalate", act=None)
    approved = Action(2, "r-2", "approve", 2, PEOPLE[8], given={"credit": 2000}, target=task)
    assert one_cell([task]).sums == [1, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0]
    assert one_cell([task, approved]).sums == [1, 1, 1, 1, 5000, 5000**2, 5000**3, 1, 2000, 2000**2, 2000**3]
    assert tallied([approved]).cases == 0
    assert tallied([task, approved], since=2).cases == 1


def test_what_is_taken_back_does_not_count() -> None:
    grant = contact(1, PEOPLE[0], {"case.kind": "late"}, 2000)
    void = Action(2, "r-2", "void", 2, PEOPLE[0], given=grant.given, target=grant)
    whole = one_cell([grant, void])
    assert whole.sums == [0] * 11
    assert whole.most is whole.least is None
    part = one_cell([grant, replace(void, given={"credit": 500})])
    assert part.sums == one_cell([contact(1, PEOPLE[0], {"case.kind": "late"}, 1500)]).sums


def test_a_hold_counts_when_it_is_settled() -> None:
    hold = contact(1, PEOPLE[0], {"case.kind": "late"}, None, kind="hold", act=None)
    settle = Action(2, "r-2", "settle", 2, PEOPLE[0], given={"credit": 1000}, target=hold)
    void = Action(3, "r-3", "void", 3, PEOPLE[0], given=settle.given, target=settle)
    assert one_cell([hold]).sums[:2] == [1, 0]
    assert one_cell([hold]).refused is None
    assert one_cell([hold, settle]).sums == one_cell([contact(1, PEOPLE[0], {"case.kind": "late"}, 1000)]).sums
    assert one_cell([hold, settle, void]).sums == [0] * 11


def test_a_refusal_is_like_what_is_given_whatever_was_asked_for() -> None:
    """Somebody who is refused is often not asked what they want, so that no remedy is on record."""
    mine = [contact(seq, PEOPLE[0], {"case.kind": "late"}, None, parts={}) for seq in range(1, 60)]
    theirs = [contact(seq, PEOPLE[1], {"case.kind": "late"}, 1000) for seq in range(100, 200)]
    (finding,) = compare(tallied([*mine, *theirs])).findings
    assert (finding.group.value, finding.comparisons[0].measure) in {(PEOPLE[0].id, "given"), (PEOPLE[1].id, "given")}
    assert finding.example is not None
    assert sorted(finding.example) == [1, 100]


# -- groups


def some_cases(count: int, **facts: Any) -> list[Action]:
    return [contact(seq, PEOPLE[seq % 5], {"case.kind": "late", **facts}, 1000 + seq % 3) for seq in range(1, count)]


def test_groups_of_few_customers_are_hidden() -> None:
    others = [replace(each, seq=each.seq + 500) for each in some_cases(200, **{"customer.language": "en"})]
    german = some_cases(60, **{"customer.language": "de"})
    few = [replace(each, customer=f"k-{each.seq % 9}") for each in german]
    for shown, cases in ((True, german), (False, few)):
        told = compare(tallied([*others, *cases]))
        text = "\n".join(paragraphs(told)) + str(plain(told))
        assert ("'de'" in text) is shown, shown
        assert (told.hidden == {}) is shown


def test_a_fact_with_many_values_makes_no_groups() -> None:
    many = [replace(each, facts={**each.facts, "shop.remark": f"r{each.seq % (MOST_VALUES + 1)}"}) for each in some_cases(500)]
    told = compare(tallied(many))
    assert told.crowded == ("shop.remark",)
    assert {each.group.dimension for each in told.comparisons}.isdisjoint({"shop.remark"})
    assert any("more than 30 different values" in each for each in paragraphs(told))


def test_too_little_data_is_said_in_words() -> None:
    told = compare(tallied(some_cases(FEWEST_PAIRS // 2)))
    assert not told.comparisons
    assert next(paragraphs(told)) == "9 cases. There is too little data to compare anybody."
    assert next(paragraphs(compare(tallied([])))) == "There are no cases to compare."
    assert {each.dimension for each in told.too_few} >= {"employee"}


def test_where_nothing_differs_nothing_is_missing() -> None:
    same = [contact(seq, PEOPLE[seq % 2], {"case.kind": "late"}, 1000) for seq in range(1, 100)]
    assert next(paragraphs(compare(tallied(same)))).endswith("they were treated the same.")


def test_a_group_without_like_cases_has_too_little_data() -> None:
    """Each deals with their own kind of case."""
    mine = [contact(seq, PEOPLE[0], {"case.kind": "late"}, 1000) for seq in range(1, 100)]
    theirs = [contact(seq, PEOPLE[1], {"case.kind": "rude"}, 2000) for seq in range(100, 200)]
    assert {each.value for each in compare(tallied([*mine, *theirs])).too_few} >= {PEOPLE[0].id, PEOPLE[1].id}


def test_one_generous_person_does_not_make_a_site_different() -> None:
    def one(actor: Actor, language: str) -> tuple[float, float, float]:
        return (8.0 if actor == PEOPLE[9] else 1.0), 0.08, 0.12

    told = groups(found(1, one))
    assert ("employee", PEOPLE[9].id, None) in told
    assert ("site", PEOPLE[9].site, None) not in told


def test_what_is_compared_can_be_chosen() -> None:
    tally = tallied(year(1, 3_000), facts=["case.kind"], unread=False)
    for by, expected in ((("site",), {"site"}), (("agent", "case.kind"), {"agent", "case.kind"})):
        told = compare(tally, by=by)
        assert {each.group.dimension for each in told.comparisons} == expected
    assert {each.group.dimension for each in compare(tallied(year(1, 3_000))).comparisons} == {
        "employee",
        "site",
        "agent",
        "customer.language",
    }


def test_of_two_groups_that_are_each_others_rest_one_is_compared() -> None:
    tally = tallied(year(1, 2_000), facts=["customer.member"], unread=False)
    told = compare(tally, by=["customer.member"])
    assert {each.group.value for each in told.comparisons} == {"true"}
    assert all(isinstance(each.group, TwinGroup) for each in told.comparisons)


def test_the_page_and_the_figures() -> None:
    twins = found(1, unfair_site)
    rows = [" | ".join(row) for row in figures(twins)[:12]]
    same_as("review/twins/page.txt", "\n\n".join(paragraphs(twins)) + "\n\n" + "\n".join(rows) + "\n")


# -- a year of a hotel group


def of_hotels(seed: int, plants: tuple[str, ...]) -> Twins:
    like = LikeCases(remit.load(FOLDER / "policy.yaml").model)
    tally = Tally(lambda action: like)
    for action in houses.actions_of(hotel_year.Year(seed, 20_000, plants)):
        tally.add(action)
    return compare(tally)


@pytest.mark.slow
def test_the_hotel_year_shows_unfair_treatment_and_the_leak_with_every_seed() -> None:
    for seed in range(1, 1 + scaled(5)):
        told = groups(of_hotels(seed, ALL))
        for site in hotel_year.UNFAIR_SITES:
            for language in hotel_year.UNFAIR_LANGUAGES:
                assert ("guest.language", language, site) in told, seed
        assert ("employee", hotel_year.LEAK, None) in told, seed


@pytest.mark.slow
def test_the_hotel_year_without_plants_has_no_findings() -> None:
    wrong = [seed for seed in range(1, 1 + scaled(5)) if of_hotels(seed, ()).findings]
    assert len(wrong) <= 1, wrong
