"""Plots as SVG, drawn here so that the pages need no script for them.

Every function gives Markup; what comes from data is escaped. Colours and fonts are the style
sheet's, by class. A plot says in words, for those who do not see it, what it is.
"""

import math
from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from serving.catalogue import svg
from serving.catalogue.svg import HEIGHT, WIDTH

LEFT, RIGHT, TOP, BOTTOM = 56, 14, 14, 30
# room for the name of an axis
NAMED = 18


def number(value: Any) -> str:
    """A number for people: three or four digits that say something."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}" if abs(value) < 1e15 else f"{value:.3g}"
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    if size >= 1e-3:
        return f"{value:.4g}"
    return f"{value:.2e}"


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round numbers from low to high."""
    if not math.isfinite(high - low) or high <= low:
        return [low]
    rough = (high - low) / wanted
    unit = 10 ** math.floor(math.log10(rough))
    step = next((unit * m for m in (1, 2, 2.5, 5) if unit * m >= rough), unit * 10)
    first = math.ceil(low / step - 1e-9)
    return [n * step for n in range(first, math.floor(high / step + 1e-9) + 1)]


class _Frame:
    """Two linear axes in a rectangle."""

    def __init__(
        self, x: tuple[float, float], y: tuple[float, float], size=(WIDTH, HEIGHT), bottom=BOTTOM
    ) -> None:
        self.width, self.height = size
        self.x, self.y, self.bottom = x, y, bottom

    def across(self, value: float) -> float:
        low, high = self.x
        share = (value - low) / (high - low) if high > low else 0.5
        return LEFT + share * (self.width - LEFT - RIGHT)

    def up(self, value: float) -> float:
        low, high = self.y
        share = (value - low) / (high - low) if high > low else 0.5
        return self.height - self.bottom - share * (self.height - TOP - self.bottom)

    def grid(
        self, say_x: Callable[[float], str] = number, say_y: Callable[[float], str] = number
    ) -> list[Markup]:
        drawn = []
        for value in ticks(*self.y, 4):
            y = self.up(value)
            drawn += [
                svg.line(LEFT, y, self.width - RIGHT, y, "grid"),
                svg.text(LEFT - 8, y + 3.5, say_y(value), anchor="end"),
            ]
        for value in ticks(*self.x, 6):
            drawn.append(svg.text(self.across(value), self.height - self.bottom + 18, say_x(value)))
        base = self.height - self.bottom
        return [*drawn, svg.line(LEFT, base, self.width - RIGHT, base, "axis")]


def distribution(buckets: list[dict], rows: int, nulls: int) -> Markup:
    """Bars: stretches of numbers, or categories by frequency."""
    known = sum(bucket["rows_count"] for bucket in buckets) or 1
    if buckets[0]["low"] is None:
        return _categories(buckets, known)
    low = min(bucket["low"] for bucket in buckets)
    high = max(bucket["high"] for bucket in buckets)
    most = max(bucket["rows_count"] for bucket in buckets)
    frame = _Frame((low, high), (0, most))
    bars = []
    for bucket in buckets:
        left, right = frame.across(bucket["low"]), frame.across(bucket["high"])
        if right - left < 1:  # one value only
            left, right = left - 20, left + 20
        top = frame.up(bucket["rows_count"])
        title = (
            f"{number(bucket['low'])} to {number(bucket['high'])}: {bucket['rows_count']:,} rows,"
            f" {bucket['rows_count'] / known:.1%}"
        )
        bars.append(svg.rect(left + 0.5, top, right - left - 1, frame.up(0) - top, "bar", title))
    label = f"Histogram from {number(low)} to {number(high)} of {rows - nulls:,} values"
    return svg.drawing(label, [*frame.grid(), *bars])


def _categories(buckets: list[dict], known: int) -> Markup:
    row, left, width = 22, 170, WIDTH
    most = max(bucket["rows_count"] for bucket in buckets)
    drawn = []
    for place, bucket in enumerate(buckets):
        name = bucket["category"]
        shown = "all others" if name is None else name if len(name) <= 24 else name[:23] + "…"
        share = bucket["rows_count"] / known
        length = bucket["rows_count"] / most * (width - left - 70)
        y = place * row
        title = f"{'all others' if name is None else name}: {bucket['rows_count']:,} rows"
        drawn += [
            svg.text(left - 8, y + 15, shown, "label", "end"),
            svg.rect(
                left, y + 3, max(length, 1), row - 6, "bar" if name is not None else "rest", title
            ),
            svg.text(left + length + 6, y + 15, f"{share:.1%}", anchor="start"),
        ]
    return svg.drawing(
        f"{len(buckets)} categories by frequency", drawn, width, len(buckets) * row + 4
    )


def spark(buckets: list[dict]) -> Markup:
    """A distribution, small enough for a line of a table."""
    if not buckets:
        return Markup("")
    width, height = 96, 24
    most = max(bucket["rows_count"] for bucket in buckets)
    if buckets[0]["low"] is None:
        places = [(n, n + 1) for n in range(len(buckets))]
        low, high = 0, max(len(buckets), 6)
    else:
        places = [(bucket["low"], bucket["high"]) for bucket in buckets]
        low, high = min(start for start, _ in places), max(end for _, end in places)
    scale = width / (high - low) if high > low else 0
    steps = []
    for (start, end), bucket in zip(places, buckets, strict=True):
        # a bar that holds anything can be seen
        tall = max(bucket["rows_count"] / most * height, 1)
        x, wide = ((start - low) * scale, (end - start) * scale) if scale else (width / 2 - 3, 6)
        steps.append(f"M{x:.1f},{height}v-{tall:.1f}h{max(wide - 0.4, 0.6):.1f}V{height}z")
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" aria-hidden="true"><path d="{}" class="bar"/></svg>'
    ).format(width, height, "".join(steps))


def drift(points: list[dict]) -> Markup:
    """One metric of one feature by day, with its threshold; days above it are marked."""
    days = sorted({point["day"] for point in points})
    place = {day: n for n, day in enumerate(days)}
    threshold = next((p["threshold"] for p in points if p["threshold"] is not None), None)
    values = [p["value"] for p in points if p["value"] is not None]
    bounds = [0, *values, *([threshold, -threshold] if threshold and min(values) < 0 else [])]
    bounds += [threshold] if threshold else []
    frame = _Frame((0, max(len(days) - 1, 1)), (min(bounds), max(bounds) * 1.05 or 1))

    def day_of(value: float) -> str:
        return days[round(value)][:10] if 0 <= round(value) < len(days) else ""

    drawn = []
    for value in ticks(*frame.y, 4):
        y = frame.up(value)
        drawn += [
            svg.line(LEFT, y, WIDTH - RIGHT, y, "grid"),
            svg.text(LEFT - 8, y + 3.5, number(value), anchor="end"),
        ]
    shown = range(0, len(days), max(math.ceil(len(days) / 5), 1))
    drawn += [svg.text(frame.across(n), HEIGHT - BOTTOM + 18, day_of(n)) for n in shown]
    drawn.append(svg.line(LEFT, frame.up(0), WIDTH - RIGHT, frame.up(0), "axis"))
    if threshold:
        y = frame.up(threshold)
        drawn += [
            svg.line(LEFT, y, WIDTH - RIGHT, y, "threshold"),
            svg.text(WIDTH - RIGHT, y - 5, f"threshold {number(threshold)}", "tick warn", "end"),
        ]
    line = [
        (frame.across(place[p["day"]]), frame.up(p["value"]))
        for p in points
        if p["value"] is not None
    ]
    drawn.append(svg.path(line, "line"))
    anomalies = 0
    for point, (x, y) in zip([p for p in points if p["value"] is not None], line, strict=True):
        if point["is_anomaly"] or len(line) < 40:
            anomalies += bool(point["is_anomaly"])
            drawn.append(
                Markup(
                    '<circle cx="{:.1f}" cy="{:.1f}" r="3" class="{}"><title>{}</title></circle>'
                ).format(
                    x,
                    y,
                    "dot bad" if point["is_anomaly"] else "dot",
                    f"{point['day'][:10]}: {number(point['value'])}",
                )
            )
    label = f"{points[0]['metric']} on {len(days)} days, {anomalies} of them above the threshold"
    return svg.drawing(label, drawn)


SHOWN_POINTS = 500
"""Points of a series that its plot shows, the last ones."""
PARTS = (("trend", "trend"), ("seasonal", "season"), ("residual", "residual"))


def forecast(points: list[dict]) -> Markup:
    """A series: what was, with its anomalies, and what is to come, with its interval."""
    points = points[-SHOWN_POINTS:]
    known = [p["value"] for p in points if p["value"] is not None]
    ahead = [p for p in points if p["is_forecast"]]
    bounds = [p[name] for p in ahead for name in ("lower_bound", "upper_bound")]
    frame = _over_time(points, [*known, *bounds], HEIGHT)
    drawn = frame.grid(lambda n: _day(points, n))
    place = {id(point): n for n, point in enumerate(points)}
    if ahead:
        upper = [(frame.across(place[id(p)]), frame.up(p["upper_bound"])) for p in ahead]
        lower = [(frame.across(place[id(p)]), frame.up(p["lower_bound"])) for p in ahead]
        drawn.append(svg.area([*upper, *reversed(lower)], "interval"))
        drawn.append(
            svg.path(
                [(frame.across(place[id(p)]), frame.up(p["predicted"])) for p in ahead], "ahead"
            )
        )
    was = [
        (frame.across(n), frame.up(p["value"]))
        for n, p in enumerate(points)
        if p["value"] is not None
    ]
    if was:
        drawn.append(svg.path(was, "line"))
    anomalies = [p for p in points if p["is_anomaly"]]
    for point in anomalies:
        was_and_expected = f"{number(point['value'])}, expected {number(point['predicted'])}"
        title = f"{point['moment'][:16]}: {was_and_expected}"
        x, y = frame.across(place[id(point)]), frame.up(point["value"])
        drawn.append(svg.dot(x, y, "dot bad", title))
    counts = f"{len(known)} values and a forecast of {len(ahead)}"
    return svg.drawing(f"{counts}, {len(anomalies)} of the values anomalies", drawn)


def parts(points: list[dict]) -> Markup:
    """What a series is made of, one line below the other; of its first point nothing is known
    beforehand, so that it is all residual."""
    points = points[1:][-SHOWN_POINTS:]
    tall, drawn = 74, []
    shown = [(name, words) for name, words in PARTS if any(p[name] is not None for p in points)]
    for row, (name, words) in enumerate(shown):
        values = [p[name] for p in points if p[name] is not None]
        frame = _over_time(points, values, tall, bottom=8)
        line = [
            (frame.across(n), frame.up(p[name]) + row * tall)
            for n, p in enumerate(points)
            if p[name] is not None
        ]
        drawn += [
            svg.text(LEFT, row * tall + 11, words, "axis-name", "start"),
            svg.text(
                LEFT - 8, frame.up(max(values)) + row * tall + 8, number(max(values)), anchor="end"
            ),
            svg.text(
                LEFT - 8, frame.up(min(values)) + row * tall, number(min(values)), anchor="end"
            ),
            svg.path(line, "line"),
        ]
    return svg.drawing(
        f"Parts of the series: {', '.join(words for _, words in shown)}",
        drawn,
        WIDTH,
        tall * len(shown),
    )


def _over_time(points: list[dict], values: list[float], tall: float, bottom=BOTTOM) -> _Frame:
    """Axes for values of points one after the other."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    room = (high - low) * 0.05 or 1.0
    return _Frame((0, max(len(points) - 1, 1)), (low - room, high + room), (WIDTH, tall), bottom)


def _day(points: list[dict], place: float) -> str:
    return points[round(place)]["moment"][:10] if 0 <= round(place) < len(points) else ""


def roc(points: list[dict], area: float | None) -> Markup:
    """The ROC curve: recall by false positive rate."""
    size = (380, 330)
    frame = _Frame((0, 1), (0, 1), size, BOTTOM + NAMED)
    line = [(p["false_positive_rate"], p["recall"]) for p in points]
    line = [(0.0, 0.0), *sorted(line), (1.0, 1.0)]
    places = [(frame.across(x), frame.up(y)) for x, y in line]
    base = frame.up(0)
    drawn = [
        *frame.grid(),
        svg.path([(frame.across(0), base), *places, (frame.across(1), base)], "area"),
        svg.line(frame.across(0), base, frame.across(1), frame.up(1), "chance"),
        svg.path(places, "line"),
        svg.text(size[0] / 2 + 20, size[1] - 6, "false positive rate", "axis-name"),
        Markup(
            '<text class="axis-name" text-anchor="middle" transform="rotate(-90)" x="{}" y="{}">'
            "recall</text>"
        ).format(-(size[1] - BOTTOM - NAMED + TOP) / 2, 13),
    ]
    if area is not None:
        drawn.append(svg.text(frame.across(0.97), frame.up(0.08), f"AUC {area:.4f}", "big", "end"))
    said = f", area {area:.4f}" if area is not None else ""
    return svg.drawing(f"ROC curve of {len(points)} thresholds{said}", drawn, *size)


def confusion(cells: list[dict]) -> Markup:
    """The confusion matrix: each row by the share of what happened."""
    names = sorted({c["expected_label"] for c in cells} | {c["predicted_label"] for c in cells})
    of = {(c["expected_label"], c["predicted_label"]): c["rows_count"] for c in cells}
    side = max(54, min(96, 330 // max(len(names), 1)))
    left, top = 118, 46
    drawn = [svg.text(left + side * len(names) / 2, 14, "predicted", "axis-name")]
    drawn += [
        svg.text(left + (n + 0.5) * side, top - 10, svg.short(name, side // 7), "label")
        for n, name in enumerate(names)
    ]
    for down, actual in enumerate(names):
        total = sum(of.get((actual, name), 0) for name in names) or 1
        y = top + down * side
        drawn.append(svg.text(left - 10, y + side / 2 + 4, svg.short(actual, 14), "label", "end"))
        for over, predicted in enumerate(names):
            count = of.get((actual, predicted), 0)
            share = count / total
            x = left + over * side
            kind = "cell right" if actual == predicted else "cell wrong"
            title = f"{actual} predicted {predicted}: {count:,} rows, {share:.1%}"
            drawn.append(svg.rect(x + 1, y + 1, side - 2, side - 2, "cell-bed", title))
            drawn.append(
                svg.rect(x + 1, y + 1, side - 2, side - 2, kind, title, 0.06 + 0.6 * share)
            )
            drawn.append(svg.text(x + side / 2, y + side / 2 + 1, f"{share:.1%}", "cell-share"))
            drawn.append(svg.text(x + side / 2, y + side / 2 + 16, f"{count:,}", "cell-count"))
    width, height = left + side * len(names) + 8, top + side * len(names) + 8
    return svg.drawing(f"Confusion matrix of {len(names)} classes", drawn, width, height)


def importance(rows: list[dict], href: Callable[[str], str | None]) -> Markup:
    """How much each feature weighs, the greatest first."""
    row, left, width = 22, 236, WIDTH
    most = max((r["importance"] or 0 for r in rows), default=0) or 1
    drawn = []
    for place, one in enumerate(rows):
        y, value = place * row, one["importance"] or 0
        length = value / most * (width - left - 74)
        kind = "bar negative" if (one["weight"] or 0) < 0 else "bar"
        name = svg.text(left - 8, y + 15, svg.short(one["feature_name"], 32), "label", "end")
        if link := href(one["feature_name"]):
            name = Markup('<a href="{}">{}</a>').format(link, name)
        shown = one["weight"] if one["weight"] is not None else value
        title = f"{one['feature_name']}: {number(shown)}"
        drawn += [
            name,
            svg.rect(left, y + 3, max(length, 1), row - 6, kind, title),
            svg.text(left + length + 6, y + 15, number(shown), anchor="start"),
        ]
    return svg.drawing(f"Importance of {len(rows)} features", drawn, width, len(rows) * row + 4)


def residuals(cells: list[dict]) -> Markup:
    """What happened less what was predicted, by what was predicted: the darker, the more rows."""
    size = (WIDTH, 300)
    x = min(c["predicted_low"] for c in cells), max(c["predicted_high"] for c in cells)
    y = min(c["residual_low"] for c in cells), max(c["residual_high"] for c in cells)
    frame = _Frame(x, y, size, BOTTOM + NAMED)
    most = max(c["rows_count"] for c in cells)
    drawn = frame.grid()
    for c in cells:
        left, right = frame.across(c["predicted_low"]), frame.across(c["predicted_high"])
        top, bottom = frame.up(c["residual_high"]), frame.up(c["residual_low"])
        title = (
            f"predicted {number(c['predicted_low'])} to {number(c['predicted_high'])},"
            f" off by {number(c['residual_low'])} to {number(c['residual_high'])}:"
            f" {c['rows_count']:,} rows"
        )
        shade = 0.12 + 0.88 * math.log1p(c["rows_count"]) / math.log1p(most)
        drawn.append(svg.rect(left, top, right - left, bottom - top, "bar", title, shade))
    if y[0] < 0 < y[1]:
        drawn.append(svg.line(LEFT, frame.up(0), size[0] - RIGHT, frame.up(0), "chance"))
    drawn.append(svg.text(size[0] / 2 + 20, size[1] - 6, "predicted", "axis-name"))
    return svg.drawing("Residuals by prediction", drawn, *size)


def gauge(value: float | None, floor: float | None, ceiling: float | None) -> Markup:
    """Where a metric lies beside what it promises: a line with a mark."""
    if value is None or (floor is None and ceiling is None):
        return Markup("")
    width, height = 160, 18
    bounds = [bound for bound in (floor, ceiling, value) if bound is not None]
    low, high = min(bounds), max(bounds)
    if low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    else:
        reach = (high - low) or abs(high) or 1
        low, high = low - 0.4 * reach, high + 0.4 * reach
    place = [6 + (width - 12) * (it - low) / (high - low) for it in bounds]
    by_value = dict(zip(bounds, place, strict=True))
    start = by_value[floor] if floor is not None else 6
    end = by_value[ceiling] if ceiling is not None else width - 6
    good = (floor is None or value >= floor) and (ceiling is None or value <= ceiling)
    promise = " and ".join(
        [f"at least {number(floor)}"] * (floor is not None)
        + [f"at most {number(ceiling)}"] * (ceiling is not None)
    )
    return Markup(
        '<svg class="gauge" viewBox="0 0 {w} {h}" role="img" aria-label="{label}">'
        '<rect x="6" y="7" width="{full}" height="4" rx="2" class="track"/>'
        '<rect x="{x:.1f}" y="7" width="{span:.1f}" height="4" rx="2" class="promise"/>'
        '<circle cx="{at:.1f}" cy="9" r="5" class="{kind}"/></svg>'
    ).format(
        w=width,
        h=height,
        label=f"{number(value)}; promised {promise}",
        full=width - 12,
        x=start,
        span=end - start,
        at=by_value[value],
        kind="dot good" if good else "dot bad",
    )
