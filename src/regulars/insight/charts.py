"""How do answers look? Altair specifications, the same in pages, reports and notebooks.

Few inks, bars start at zero, lines are labelled directly, what is not finished is hatched. Words come from the caller,
so that a chart speaks the reader's language; Altair is imported inside, since it is slow to load.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from regulars.insight.survival import Survival
from regulars.insight.value import Concentration

if TYPE_CHECKING:
    import altair as alt

INK = "#1f6f5c"
QUIET = "#8a9690"
PAPER = "#00000000"
MORE_SHOWN_MIN = 5.0
"""The least width of a chart of lifts, in people of 100 on each side; what reaches further is cut."""
Words = Mapping[str, str]


def survival_chart(found: Survival, words: Words) -> "alt.Chart":
    """Share of customers who came back by each day, with its 95 % band. Words: days, share."""
    import altair as alt

    rows = [{"day": 0, "share": 0.0, "low": 0.0, "high": 0.0}]
    rows += [
        {"day": day, "share": share, "low": low, "high": high}
        for day, share, low, high in zip(found.days, found.came_back, found.low, found.high, strict=True)
    ]
    base = alt.Chart(_data(rows)).encode(x=alt.X("day:Q", title=words["days"]))
    top = alt.Scale(domain=[0, min(1.0, 1.15 * max(row["high"] for row in rows) or 1.0)])
    band = base.mark_area(opacity=0.18, interpolate="step-after", color=INK).encode(
        y=alt.Y("low:Q", title=words["share"], axis=alt.Axis(format=".0%"), scale=top), y2="high:Q"
    )
    line = base.mark_line(interpolate="step-after", color=INK, strokeWidth=2.5).encode(
        y=alt.Y("share:Q"), tooltip=[alt.Tooltip("day:Q"), alt.Tooltip("share:Q", format=".1%")]
    )
    return _finished(band + line)


def concentration_chart(found: Concentration, words: Words) -> "alt.Chart":
    """The shop's own 80/20 curve against the diagonal of equal customers. Words: people, revenue, top_fifth."""
    import altair as alt

    rows = [{"people": x, "revenue": y} for x, y in zip(found.people, found.revenue, strict=True)]
    line = (
        alt.Chart(_data(rows))
        .mark_line(color=INK, strokeWidth=2.5)
        .encode(
            x=alt.X("people:Q", title=words["people"], axis=alt.Axis(format=".0%")),
            y=alt.Y("revenue:Q", title=words["revenue"], axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1])),
            tooltip=[alt.Tooltip("people:Q", format=".0%"), alt.Tooltip("revenue:Q", format=".1%")],
        )
    )
    equal = (
        alt.Chart(_data([{"people": 0, "revenue": 0}, {"people": 1, "revenue": 1}]))
        .mark_line(color=QUIET, strokeDash=[4, 4])
        .encode(x="people:Q", y="revenue:Q")
    )
    point = [{"people": 0.2, "revenue": found.top_fifth, "label": words["top_fifth"]}]
    mark = alt.Chart(_data(point)).encode(x="people:Q", y="revenue:Q")
    return _finished(
        equal + line + mark.mark_point(color=INK, filled=True, size=80)
        + mark.mark_text(align="left", dx=10, dy=6, color=INK, fontWeight="bold").encode(text="label:N")
    )  # fmt: skip


def cohort_chart(cells: Sequence[Mapping[str, Any]], words: Words) -> "alt.Chart":
    """Cohorts down, age across: the share who ordered in that month. Unfinished cells are hatched, never zero.

    `cells` have cohort (YYYY-MM), age, share (None when the month has not begun), customers, size, mature.
    Words: cohort, age, share, unfinished.
    """
    import altair as alt

    base = alt.Chart(_data(cells)).encode(
        x=alt.X("age:O", title=words["age"], axis=alt.Axis(labelAngle=0)),
        y=alt.Y("cohort:O", title=words["cohort"], sort="descending"),
        tooltip=["cohort:O", "age:O", "customers:Q", "size:Q", alt.Tooltip("share:Q", format=".1%")],
    )
    heat = (
        base.transform_filter("datum.mature && datum.age > 0")
        .mark_rect(stroke="#ffffff", strokeWidth=1)
        .encode(
            color=alt.Color(
                "share:Q",
                scale=alt.Scale(scheme="tealblues", domainMin=0),
                legend=alt.Legend(title=words["share"], format=".0%", orient="bottom", gradientLength=160),
            )
        )
    )
    unfinished = base.transform_filter("!datum.mature && datum.age > 0").mark_text(text="///", color=QUIET, fontSize=11)
    first = base.transform_filter("datum.age == 0").mark_text(color=QUIET, fontSize=10).encode(text="size:Q")
    return _finished(heat + unfinished + first, height=max(160, 16 * len({cell["cohort"] for cell in cells})))


def rfm_chart(cells: Sequence[Mapping[str, Any]], words: Words) -> "alt.Chart":
    """Customers by fifths of recency and frequency; the number is how many. Words: recency, frequency, customers."""
    import altair as alt

    base = alt.Chart(_data(cells)).encode(
        x=alt.X("recency:O", title=words["recency"], axis=alt.Axis(labelAngle=0)),
        y=alt.Y("frequency:O", title=words["frequency"], sort="descending"),
        tooltip=["recency:O", "frequency:O", "customers:Q", "money:Q"],
    )
    heat = base.mark_rect(stroke="#ffffff").encode(
        color=alt.Color("customers:Q", scale=alt.Scale(scheme="tealblues", domainMin=0), legend=None)
    )
    dark = alt.condition("datum.share > 0.55", alt.value("#ffffff"), alt.value("#12312a"))
    return _finished(heat + base.mark_text(fontSize=12).encode(text="customers:Q", color=dark), height=260)


def months_chart(rows: Sequence[Mapping[str, Any]], words: Words) -> "alt.Chart":
    """Net revenue a month of new and of returning customers. `rows`: month, net, who. Words: month, net, new, old."""
    import altair as alt

    return _finished(
        alt.Chart(_data(rows))
        .mark_bar()
        .encode(
            x=alt.X("month:O", title=words["month"], axis=alt.Axis(labelAngle=0, labelOverlap="greedy")),
            y=alt.Y("net:Q", title=words["net"], axis=alt.Axis(format="~s")),
            color=alt.Color(
                "who:N",
                scale=alt.Scale(domain=[words["old"], words["new"]], range=[INK, "#9fc9bd"]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=["month:O", "who:N", alt.Tooltip("net:Q", format=",.0f")],
        )
    )


def calibration_chart(bins: Sequence[Mapping[str, Any]], words: Words) -> "alt.Chart":
    """Chance that was said against the share who came, on the diagonal of chances that come true. `bins`: said, came, n,
    low, high (the interval of `came`). Words: said, came, true."""
    import altair as alt

    top = max([0.05, *(max(row["said"], row["high"]) for row in bins)])
    scale = alt.Scale(domain=[0, top])
    axis = alt.Axis(format=".0%")
    base = alt.Chart(_data(bins)).encode(x=alt.X("said:Q", title=words["said"], axis=axis, scale=scale))
    came = alt.Y("came:Q", title=words["came"], axis=axis, scale=scale)
    ends = [{"said": 0.0, "came": 0.0, "label": ""}, {"said": top, "came": top, "label": words["true"]}]
    line = alt.Chart(_data(ends)).encode(x="said:Q", y="came:Q")
    shown = [alt.Tooltip("said:Q", format=".1%"), alt.Tooltip("came:Q", format=".1%"), alt.Tooltip("n:Q", format=",")]
    return _finished(
        line.mark_line(color=QUIET, strokeDash=[4, 4])
        + line.mark_text(align="right", dx=-6, dy=-8, color=QUIET).encode(text="label:N")
        + base.mark_rule(color=INK, opacity=0.4).encode(y=alt.Y("low:Q", title=words["came"]), y2="high:Q")
        + base.mark_point(color=INK, filled=True, size=60).encode(y=came, tooltip=shown)
    )


def lifts_chart(rows: Sequence[Mapping[str, Any]], words: Words) -> "alt.Chart":
    """What each play changed by itself (quiet, with its interval), and drawn towards similar plays (ink). rows: play, value, low,
    high, n and, where there is one, shrunk; in people of 100. Words: more."""
    import altair as alt

    most = max(MORE_SHOWN_MIN, *(1.5 * abs(row["value"]) for row in rows))
    ends = {name: f"clamp(datum.{name}, {-most}, {most})" for name in ("low", "high")}
    base = alt.Chart(_data(rows)).transform_calculate(left=ends["low"], right=ends["high"])
    base = base.encode(
        y=alt.Y("play:N", title=None, sort=[row["play"] for row in rows], axis=alt.Axis(labelLimit=120)),
        tooltip=[alt.Tooltip("play:N"), *_between(), alt.Tooltip("n:Q", format=",")],
    )
    scale = alt.Scale(domain=[-most, most])
    line = base.mark_rule(color=QUIET, strokeWidth=2).encode(
        x=alt.X("left:Q", title=words["more"], scale=scale), x2="right:Q"
    )
    own = base.mark_point(color=QUIET, filled=True, opacity=1, size=50).encode(x="value:Q")
    shrunk = base.transform_filter("isValid(datum.shrunk)").mark_point(
        color=INK, filled=True, opacity=1, size=90, shape="diamond"
    )
    nothing = alt.Chart(_data([{"at": 0}])).mark_rule(color=QUIET, strokeDash=[4, 4]).encode(x="at:Q")
    return _finished(nothing + line + own + shrunk.encode(x="shrunk:Q"), height=40 + 34 * len(rows))


def path_chart(rows: Sequence[Mapping[str, Any]], words: Words) -> "alt.Chart":
    """What was known of a play at the end of each month. rows: day, value, low, high (people of 100), n. Words: more, day."""
    import altair as alt

    months = alt.Axis(format="%Y-%m", tickCount="month", labelOverlap=True)
    base = alt.Chart(_data(rows)).encode(x=alt.X("day:T", title=words["day"], axis=months))
    band = base.mark_area(color=INK, opacity=0.18).encode(y=alt.Y("low:Q", title=words["more"]), y2="high:Q")
    line = base.mark_line(color=INK, strokeWidth=2.5, point=alt.OverlayMarkDef(color=INK)).encode(
        y="value:Q", tooltip=[alt.Tooltip("day:T"), *_between(), alt.Tooltip("n:Q", format=",")]
    )
    nothing = alt.Chart(_data([{"at": 0}])).mark_rule(color=QUIET, strokeDash=[4, 4]).encode(y="at:Q")
    return _finished(nothing + band + line, height=220)


def _between() -> "list[alt.Tooltip]":
    import altair as alt

    return [alt.Tooltip(f"{name}:Q", format="+.1f") for name in ("value", "low", "high")]


def _data(rows: Sequence[Mapping[str, Any]]) -> "alt.Data":
    import altair as alt

    return alt.Data(values=list(rows))  # type: ignore[no-untyped-call]


def _finished(chart: "alt.LayerChart | alt.Chart", height: int = 260) -> "alt.Chart":
    font = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
    finished: alt.Chart = (
        chart.properties(width="container", height=height, background=PAPER)
        .configure(font=font)
        .configure_view(stroke=None)
        .configure_axis(grid=False, domainColor=QUIET, tickColor=QUIET, labelColor="#66736d", titleColor="#66736d",
                        titleFontWeight="normal")
        .configure_legend(labelColor="#66736d", titleColor="#66736d", titleFontWeight="normal")
    )  # fmt: skip
    return finished


def svg(chart: "alt.Chart", width: int = 640) -> str:
    """The chart as an SVG text, for files and e-mails that run no script."""
    import vl_convert

    spec = chart.to_dict()
    spec["width"] = width
    return str(vl_convert.vegalite_to_svg(spec))
