"""Charts as inline SVG, each with its numbers as text."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin

from markupsafe import Markup, escape

GOOD, BAD, WAIT, NONE, MAIN = "#2f8a60", "#b5443a", "#d19a2a", "#aab4b7", "#3d8a8f"
_MIDDLE = '<text x="60" y="67" text-anchor="middle" font-size="21" font-weight="600" fill="#123f47">{}</text>'
Part = tuple[str, int, str]  # name, count, colour


def bar(value: int, largest: int, color: str = MAIN) -> Markup:
    """One horizontal bar; the number stands beside it as text, so the picture itself is hidden from readers."""
    width = 0.0 if largest <= 0 else max(100 * value / largest, 0.8 if value else 0)
    return Markup(
        '<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f'<rect width="100" height="10" fill="#edf1f0"/><rect width="{width:.2f}" height="10" fill="{color}"/></svg>'
    )


def stack(title: str, parts: Sequence[Part]) -> Markup:
    """One bar of several parts, with a title that says all numbers."""
    total = sum(count for _, count, _ in parts) or 1
    drawn, x = "", 0.0
    for name, count, color in parts:
        width = 600 * count / total
        if count:
            tip = f"<title>{escape(name)} {count}</title>"
            drawn += (
                f'<rect x="{x:.2f}" width="{max(width - 1.5, 1):.2f}" height="26" rx="3" fill="{color}">{tip}</rect>'
            )
        x += width
    return _picture(title, parts, "0 0 600 26", drawn, 'preserveAspectRatio="none" style="width:100%;height:1.6rem"')


def ring(title: str, parts: Sequence[Part], middle: str) -> Markup:
    """A ring with a short text in its middle."""
    total = sum(count for _, count, _ in parts)
    drawn, start = '<circle cx="60" cy="60" r="46" fill="none" stroke="#edf1f0" stroke-width="18"/>', 0.0
    for name, count, color in parts:
        share = count / total if total else 0
        drawn += _arc(start, share, color, f"{name} {count}") if share else ""
        start += share
    drawn += _MIDDLE.format(escape(middle))
    return _picture(title, parts, "0 0 120 120", drawn, 'style="width:8.5rem;height:8.5rem"')


def _arc(start: float, share: float, color: str, tip: str) -> str:
    inside = f"<title>{escape(tip)}</title>"
    if share >= 0.9999:
        return f'<circle cx="60" cy="60" r="46" fill="none" stroke="{color}" stroke-width="18">{inside}</circle>'
    a, b = 2 * pi * start - pi / 2, 2 * pi * (start + share) - pi / 2
    big = 1 if share > 0.5 else 0
    points = (
        f"M{60 + 46 * cos(a):.2f} {60 + 46 * sin(a):.2f} A46 46 0 {big} 1 {60 + 46 * cos(b):.2f} {60 + 46 * sin(b):.2f}"
    )
    return f'<path d="{points}" fill="none" stroke="{color}" stroke-width="18">{inside}</path>'


def trend(title: str, points: Sequence[tuple[str, int]]) -> Markup:
    """A line over rounds, each point with its number; sized so that its words can be read in a narrow window."""
    if not points:
        return Markup("")
    top = max(count for _, count in points) or 1
    step = 320 / max(len(points) - 1, 1)
    longest = max(max(len(str(count)) * 0.6, len(name) * 0.85) for name, count in points)
    size = min(13.0, max(8.0, step / longest))
    spots = [(20 + i * step, 102 - 76 * count / top, name, count) for i, (name, count) in enumerate(points)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _, _ in spots)
    drawn = '<path d="M8 102H352" stroke="#d8dfdf"/>'
    drawn += f'<polyline points="{line}" fill="none" stroke="{MAIN}" stroke-width="2.5"/>'
    for x, y, name, count in spots:
        tip = f"<title>{escape(name)} {count}</title>"
        words = f'text-anchor="middle" font-size="{size:.1f}"'
        drawn += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="#123f47">{tip}</circle>'
        halo = 'paint-order="stroke" stroke="#fff" stroke-width="3"'
        drawn += f'<text x="{x:.1f}" y="{y - 8:.1f}" {words} {halo} fill="#1d2b33">{count}</text>'
        drawn += f'<text x="{x:.1f}" y="122" {words} fill="#4a5a63">{escape(name)}</text>'
    return _picture(title, [(n, c, "") for n, c in points], "0 0 360 128", drawn, 'class="trend"')


def _picture(title: str, parts: Sequence[Part], box: str, drawn: str, more: str) -> Markup:
    said = escape(f"{title}：" + "，".join(f"{name}{count}" for name, count, _ in parts))
    return Markup(f'<svg viewBox="{box}" role="img" aria-label="{said}" {more}>{drawn}</svg>')
