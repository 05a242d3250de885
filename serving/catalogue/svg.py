"""What drawings are made of: SVG, as Markup; what comes from data is escaped.

Colours and fonts are the style sheet's, by class.
"""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

WIDTH, HEIGHT = 560, 240


def drawing(
    label: str, body: Iterable[Markup], width: float = WIDTH, height: float = HEIGHT
) -> Markup:
    """A whole drawing; `label` says in words what it is."""
    return Markup(
        '<svg class="plot" width="{w:.0f}" height="{h:.0f}" viewBox="0 0 {w:.0f} {h:.0f}"'
        ' role="img" aria-label="{label}">'
        "{body}</svg>"
    ).format(w=width, h=height, label=label, body=Markup("").join(body))


def text(x: float, y: float, words: str, kind: str = "tick", anchor: str = "middle") -> Markup:
    """Words at a place; `kind` is a class of the style sheet, here and below."""
    return Markup('<text x="{:.1f}" y="{:.1f}" class="{}" text-anchor="{}">{}</text>').format(
        x, y, kind, anchor, words
    )


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    """A straight line."""
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>').format(
        x1, y1, x2, y2, kind
    )


def rect(x: float, y: float, w: float, h: float, kind: str, title: str, opacity=None) -> Markup:
    """A rectangle that says its title where the mouse is."""
    faded = Markup(' fill-opacity="{:.3f}"').format(opacity) if opacity is not None else Markup("")
    return Markup(
        '<rect x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}" class="{}"{}>'
        "<title>{}</title></rect>"
    ).format(x, y, max(w, 0), max(h, 0), kind, faded, title)


def path(points: Sequence[tuple[float, float]], kind: str) -> Markup:
    """A line through points."""
    steps = "L".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return Markup('<path d="M{}" class="{}"/>').format(steps, kind)


def area(points: Sequence[tuple[float, float]], kind: str) -> Markup:
    """What a line through points encloses."""
    steps = "L".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return Markup('<path d="M{}Z" class="{}"/>').format(steps, kind)


def dot(x: float, y: float, kind: str, title: str) -> Markup:
    """A point that says its title where the mouse is."""
    return Markup(
        '<circle cx="{:.1f}" cy="{:.1f}" r="3" class="{}"><title>{}</title></circle>'
    ).format(x, y, kind, title)


def short(text: str, letters: int) -> str:
    """A text of so many letters at most."""
    return text if len(text) <= letters else text[: max(letters - 1, 1)] + "…"
