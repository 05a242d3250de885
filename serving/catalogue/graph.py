"""The lineage of a page as a graph: what leads to a column or a model, and where it leads."""

from collections import defaultdict

from markupsafe import Markup

from serving.catalogue import svg
from serving.catalogue.addresses import feature_path, model_path
from serving.catalogue.snapshot import Catalogue

BOX, LANE, LINE, PAD, SPACE = 158, 28, 15, 9, 14
SHOWN = 6


def lineage_graph(catalogue: Catalogue, node: str, column: str | None, root: str) -> Markup | None:
    """All that a column of a node, or the trained model that it is, comes from and leads to.

    Links begin with `root`. None where nothing is before or behind it.
    """
    columns: dict[str, set[str]] = defaultdict(set)
    edges: dict[tuple[str, str], bool] = {}
    for upwards in (True, False):
        waiting, seen = [(node, column)], set()
        while waiting:
            place = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            here, name = place
            columns[here] |= {name} if name else set()
            for there, other, gap in _next_to(catalogue, here, name, upwards):
                # what evaluates or watches a model leads nowhere
                if not upwards and catalogue.nodes[there]["kind"] in ("evaluation", "drift"):
                    continue
                edge = (there, here) if upwards else (here, there)
                edges[edge] = edges.get(edge, True) and bool(gap)
                waiting.append((there, other))
    if len(columns) < 2:
        return None
    boxes = {}
    for here, names in columns.items():
        about = catalogue.nodes[here]
        href = None
        if about["kind"] == "model":
            href = root + model_path(about["name"])
        elif about["kind"] == "feature view":
            view, _, version = about["name"].partition(".v")
            for name in sorted(names):
                one = catalogue.feature(view, int(version or 1), name)
                href = root + feature_path(one) if one else href
        boxes[here] = {
            "name": about["name"],
            "short": _short_name(about),
            "kind": about["kind"],
            "columns": names,
            "href": href if here != node else None,
        }
    unsure = {(above, below, gap) for (above, below), gap in edges.items()}
    return _drawn(boxes, unsure, node)


def _short_name(node: dict) -> str:
    """A relation's name without what its kind says already."""
    owner, _, thing = node["name"].partition("__")
    match node["kind"]:
        case "lake":
            return thing
        case "feature view":
            return node["name"].removeprefix("feat_")
        case "model":
            variant = thing.removeprefix("model").removeprefix("_")
            return owner.removeprefix("ml_") + (f" · {variant}" if variant else "")
        case "training set" | "predictions":
            return owner.removeprefix("ml_")
    return node["name"]


def _next_to(catalogue: Catalogue, node: str, column: str | None, upwards: bool):
    """One step; of counted rows, to all that the relation is made of."""
    if not upwards:
        yield from catalogue.below[node, column]
    elif column is None and catalogue.nodes[node]["kind"] != "model":
        for name in sorted(catalogue.columns_of[node], key=str):
            for there, _, gap in catalogue.above[node, name]:
                yield there, None, gap
    else:
        yield from catalogue.above[node, column]


def _drawn(boxes: dict[str, dict], edges: set[tuple[str, str, bool]], focus: str) -> Markup:
    """Relations as boxes from left to right, each with the columns that matter.

    `boxes` are {id: {name, kind, columns, href}}, `edges` (upstream, downstream, whether it is
    unsure), `focus` is the box the page is about.
    """
    depth = _depths(boxes, edges)
    lanes = defaultdict(list)
    for box in boxes:
        lanes[depth[box]].append(box)
    height_of = {
        box: PAD * 2 + 24 + LINE * (min(len(it["columns"]), SHOWN) + (len(it["columns"]) > SHOWN))
        for box, it in boxes.items()
    }
    above = defaultdict(list)
    for upstream, downstream, _ in edges:
        above[downstream].append(upstream)
    at: dict[str, tuple[float, float]] = {}
    tall = max(sum(height_of[box] + SPACE for box in lane) - SPACE for lane in lanes.values())
    for number, lane in sorted(lanes.items()):
        # next to what they come from
        lane.sort(
            key=lambda box: (
                sum(at[it][1] for it in above[box] if it in at) / max(len(above[box]), 1),
                boxes[box]["name"],
            )
        )
        y = (tall - (sum(height_of[box] + SPACE for box in lane) - SPACE)) / 2
        for box in lane:
            at[box] = (number * (BOX + LANE) + 2, y + 2)
            y += height_of[box] + SPACE
    drawn = []
    for upstream, downstream, unsure in sorted(edges):
        (x1, y1), (x2, y2) = at[upstream], at[downstream]
        x1, y1, y2 = x1 + BOX, y1 + height_of[upstream] / 2, y2 + height_of[downstream] / 2
        bend = max((x2 - x1) / 2, 18)
        drawn.append(
            Markup(
                '<path class="{}" d="M{:.1f},{:.1f}C{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}"/>'
            ).format(
                "edge unsure" if unsure else "edge", x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2
            )
        )
    for box, it in boxes.items():
        drawn.append(_box(it, *at[box], height_of[box], box == focus))
    width = (max(lanes) + 1) * (BOX + LANE) - LANE + 4
    names = ", ".join(f"{it['kind']} {it['name']}" for it in boxes.values())
    return Markup(
        '<svg class="lineage" width="{w:.0f}" height="{h:.0f}" viewBox="0 0 {w:.0f} {h:.0f}"'
        ' role="group" aria-label="Lineage: {names}">{body}</svg>'
    ).format(w=width, h=tall + 4, names=names, body=Markup("").join(drawn))


def _box(it: dict, x: float, y: float, height: float, is_focus: bool) -> Markup:
    kind = it["kind"].replace(" ", "-")
    columns = sorted(it["columns"])
    lines = [
        svg.text(x + PAD + 3, y + PAD + 36 + n * LINE, svg.short(column, 22), "column", "start")
        for n, column in enumerate(columns[:SHOWN])
    ]
    if len(columns) > SHOWN:
        more = f"and {len(columns) - SHOWN} more"
        lines.append(
            svg.text(x + PAD + 3, y + PAD + 36 + SHOWN * LINE, more, "column more", "start")
        )
    title = f"{it['kind']}: {it['name']}" + "".join(f"\n{column}" for column in columns)
    body = Markup(
        '<g class="box kind-{kind}{focus}"><title>{title}</title>'
        '<rect x="{x:.1f}" y="{y:.1f}" width="{w}" height="{h:.1f}" rx="6" class="bed"/>'
        '<rect x="{x:.1f}" y="{y:.1f}" width="4" height="{h:.1f}" rx="2" class="mark"/>'
        "{kind_text}{name}{lines}</g>"
    ).format(
        kind=kind,
        focus=" focus" if is_focus else "",
        title=title,
        x=x,
        y=y,
        w=BOX,
        h=height,
        kind_text=svg.text(x + PAD + 3, y + PAD + 5, it["kind"], "kind", "start"),
        name=svg.text(x + PAD + 3, y + PAD + 20, svg.short(it["short"], 23), "name", "start"),
        lines=Markup("").join(lines),
    )
    return Markup('<a href="{}">{}</a>').format(it["href"], body) if it.get("href") else body


def _depths(boxes: dict, edges: set[tuple[str, str, bool]]) -> dict[str, int]:
    """The longest way to each box."""
    above, below, waiting = defaultdict(set), defaultdict(set), {}
    for upstream, downstream, _ in edges:
        above[downstream].add(upstream)
        below[upstream].add(downstream)
    waiting = {box: len(above[box]) for box in boxes}
    depth = dict.fromkeys(boxes, 0)
    ready = [box for box, count in waiting.items() if count == 0]
    while ready:
        box = ready.pop()
        for other in below[box]:
            depth[other] = max(depth[other], depth[box] + 1)
            waiting[other] -= 1
            if waiting[other] == 0:
                ready.append(other)
    return depth
