"""Integer programs, as HiGHS solves them (https://highs.dev)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any, Final

from remit.errors import MissingExtra

__all__ = ["OFF", "LinearProgram", "Solved", "solved"]

#: How long the solver may look for one answer, in seconds. Then what it has counts, with its bound.
_SECONDS: Final = 20.0
#: By how much the solver may be off.
OFF: Final = 1e-6


@dataclass
class LinearProgram:
    """A program as it is built: columns with their bounds, and rows as lists of (column, factor)."""

    highest: list[float] = field(default_factory=list)
    is_whole: list[bool] = field(default_factory=list)
    rows: list[tuple[float, dict[int, float]]] = field(default_factory=list)

    def column(self, highest: float, is_whole: bool) -> int:
        self.highest.append(highest)
        self.is_whole.append(is_whole)
        return len(self.highest) - 1

    def at_most(self, most: float, factors: Mapping[int, float]) -> None:
        self.rows.append((most, {column: factor for column, factor in factors.items() if factor}))


@dataclass(frozen=True, slots=True)
class Solved:
    values: Sequence[float]
    objective: float
    bound: float
    is_best: bool


def solved(program: LinearProgram, cost: Mapping[int, float], known: Sequence[float] = (), seconds: float = _SECONDS) -> Solved:
    """The least cost; ``known`` is where to begin.

    Raises :class:`remit.errors.MissingExtra`, and ``RuntimeError`` where the solver fails."""
    try:
        import highspy
    except ImportError:
        raise MissingExtra("finding the most that can be given over time", "prove") from None
    solver: Any = getattr(highspy, "_Highs", highspy.Highs)()  # the class around it prints a banner when it is made
    for name, value in (
        ("output_flag", False),
        ("time_limit", seconds),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", 1e-7),
        ("threads", 1),
    ):
        solver.setOptionValue(name, value)
    solver.passModel(_lp(highspy, program, cost))
    if known:
        start = highspy.HighsSolution()
        start.col_value = list(known)
        solver.setSolution(start)
    solver.run()
    info, status = solver.getInfo(), solver.getModelStatus()
    if (
        status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit)
        or abs(info.objective_function_value) == inf
    ):
        raise RuntimeError(f"the solver gave up: {solver.modelStatusToString(status)}")
    is_best = status == highspy.HighsModelStatus.kOptimal
    return Solved(list(solver.getSolution().col_value), info.objective_function_value, info.mip_dual_bound, is_best)


def _lp(highspy: Any, program: LinearProgram, cost: Mapping[int, float]) -> Any:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(program.highest), len(program.rows)
    lp.col_cost_ = [cost.get(column, 0.0) for column in range(len(program.highest))]
    lp.col_lower_, lp.col_upper_ = [0.0] * len(program.highest), [min(each, highspy.kHighsInf) for each in program.highest]
    lp.row_lower_, lp.row_upper_ = [-highspy.kHighsInf] * len(program.rows), [most for most, _ in program.rows]
    whole, free = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    lp.integrality_ = [whole if each else free for each in program.is_whole]
    starts, index, values = [0], list[int](), list[float]()
    for _, factors in program.rows:
        index += factors.keys()
        values += factors.values()
        starts.append(len(index))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = starts, index, values
    return lp
