"""Charts as SVG inside an HTML page, drawn by matplotlib. Colours are variables of the page's style, so that they follow light
and dark; letters are text, so that they can be read aloud, searched and enlarged."""

from __future__ import annotations

import logging
import re
import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree

from remit.errors import MissingExtra, one_line
from remit.review.report.figure import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["drawn", "refuse_missing", "told"]

#: What is drawn in a colour that nobody else uses -> the variable of the page that stands for it.
_COLOURS: Final = {
    "#010203": "var(--ink)",
    "#020304": "var(--quiet)",
    "#030405": "var(--line)",
    "#040506": "var(--accent)",
    "#050607": "var(--bad)",
}
_INK, _QUIET, _LINE, _ACCENT, _MARK = _COLOURS
_SVG: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_LONGEST: Final = 34
#: In inches, as wide as a column of the page.
_WIDTH: Final = 7.6

_STYLE: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": _INK,
    "axes.edgecolor": _LINE,
    "axes.labelcolor": _QUIET,
    "xtick.color": _QUIET,
    "ytick.color": _QUIET,
    "ytick.major.size": 0,
    "xtick.labelcolor": _QUIET,
    "ytick.labelcolor": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": _LINE,
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
}


def drawn(chart: Chart, name: str) -> str:
    """The chart as an ``svg`` element; ``name`` makes its ids its own. Raises :class:`remit.MissingExtra`."""
    refuse_missing()
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # what a font lacks, the browser's has
    bars = len(chart.labels)
    height = 2.8 if chart.kind == "line" else 0.7 + 0.27 * bars
    out = BytesIO()
    with rc_context({**_STYLE, "svg.hashsalt": name}), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        {"bars": _bars, "line": _line, "ratios": _ratios}[chart.kind](axes, chart)
        figure.savefig(
            out, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    return _for_page(out.getvalue(), chart, name)


def refuse_missing() -> None:
    """Raises :class:`remit.MissingExtra` where nothing draws."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise MissingExtra("a report with charts", "report") from None


def told(chart: Chart, value: float) -> str:
    """A value as the chart's unit has it."""
    if chart.unit == "share":
        return f"{value:.1%}"
    if chart.kind == "ratios":
        return f"{value:.2f}"
    return f"{value:,.0f}" if value >= 1000 or value == int(value) else f"{value:,.2f}"


def _bars(axes: Axes, chart: Chart) -> None:
    places = range(len(chart.labels))
    axes.barh(places, chart.values, color=_ACCENT, height=0.62)
    if chart.low:
        for place, low, high in zip(places, chart.low, chart.high, strict=True):
            axes.plot((low, high), (place, place), color=_INK, linewidth=1.4)
    most = max((*chart.values, *chart.high), default=0) or 1
    for place, value in zip(places, chart.values, strict=True):
        after = max(value, chart.high[place]) if chart.high else value
        axes.text(after + most * 0.012, place, told(chart, value), va="center", color=_QUIET, fontsize=9)
    _rows(axes, chart)
    axes.set_xlim(0, most * 1.14)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)


def _ratios(axes: Axes, chart: Chart) -> None:
    axes.axvline(1, color=_QUIET, linewidth=1, linestyle=(0, (4, 3)))
    for place, (value, low, high) in enumerate(zip(chart.values, chart.low, chart.high, strict=True)):
        marked = place in chart.marked
        colour = _MARK if marked else _ACCENT
        axes.plot((low, high), (place, place), color=colour, linewidth=2.2 if marked else 1.4, solid_capstyle="round")
        axes.plot((value,), (place,), marker="D" if marked else "o", markersize=5.5, color=colour)
    _rows(axes, chart)
    axes.set_xlim(left=0)
    axes.grid(axis="x")
    axes.set_xlabel("observed / expected (1 is expected)")


#: What no XML may hold, and is no control character (XML 1.0, section 2.2).
_NO_XML: Final = "\ufffe\uffff"


def _rows(axes: Axes, chart: Chart) -> None:
    """Labels to the left, the first on top."""
    axes.set_yticks(range(len(chart.labels)), [_short(label) for label in chart.labels])
    axes.set_ylim(len(chart.labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _line(axes: Axes, chart: Chart) -> None:
    places = list(range(len(chart.labels)))
    if chart.low:
        axes.fill_between(places, chart.low, chart.high, color=_ACCENT, alpha=0.18, linewidth=0)
    axes.plot(places, chart.values, color=_ACCENT, linewidth=1.8, marker="o", markersize=3.5)
    every = max(1, -(-len(places) // 7))
    axes.set_xticks(places[::every], [_short(chart.labels[place]) for place in places[::every]], fontsize=9)
    axes.set_ylim(bottom=0)
    axes.grid(axis="y")
    if chart.unit == "share":
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")


def _short(label: str) -> str:
    text = "".join("\ufffd" if char in _NO_XML else char for char in one_line(label))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}\u2026"


def _for_page(svg: bytes, chart: Chart, name: str) -> str:
    """Without what only a file needs; with a title, a description, ids of its own and the page's colours."""
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{{{_SVG}}}metadata":
                parent.remove(child)
    ids = {each.attrib["id"] for each in root.iter() if "id" in each.attrib}
    for each in root.iter():
        for key, value in list(each.attrib.items()):
            each.attrib[key] = _attribute(key, value, ids, name)
    for key in ("width", "height"):
        root.attrib.pop(key, None)
    root.attrib |= {"role": "img", "aria-labelledby": f"{name}-title {name}-desc"}
    for tag, text in (("desc", chart.about), ("title", chart.title)):
        element = ElementTree.Element(f"{{{_SVG}}}{tag}", {"id": f"{name}-{tag}"})
        element.text = one_line(text)
        root.insert(0, element)
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def _attribute(key: str, value: str, ids: set[str], name: str) -> str:
    if key == "id":
        return f"{name}-{value}"
    if key.endswith("href") and value.startswith("#"):
        return f"#{name}-{value[1:]}"
    value = re.sub(r"url\(#([^)]+)\)", lambda found: f"url(#{name}-{found[1]})" if found[1] in ids else found[0], value)
    for colour, variable in _COLOURS.items():
        value = value.replace(colour, variable)
    return value
