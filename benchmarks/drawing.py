"""Bars and lines as SVG, without a library: the pictures of the READMEs."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH, ROW, LEFT = 760, 30, 110
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-size="13" '
    'font-family="Noto Sans CJK SC,Microsoft YaHei,PingFang SC,sans-serif"><title>{title}</title>'
    '<rect width="100%" height="100%" fill="#fff"/><text x="8" y="22" font-weight="bold">{title}</text>'
)


def bars(title: str, rows: Sequence[tuple[str, float, str]]) -> str:
    """Horizontal bars: (name, length, what stands beside the bar); the first one is ours."""
    most = max(value for _, value, _ in rows)
    parts = [HEAD.format(width=WIDTH, height=44 + ROW * len(rows), title=escape(title))]
    for place, (name, value, words) in enumerate(rows):
        y = 38 + ROW * place
        length = max(2.0, value / most * (WIDTH - LEFT - 330))
        color = "#b3241c" if place == 0 else "#8aa0b4"
        parts.append(
            f'<text x="8" y="{y + 15}">{escape(name)}</text>'
            f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="20" fill="{color}"/>'
            f'<text x="{LEFT + length + 6:.1f}" y="{y + 15}" font-size="11">{escape(words)}</text>'
        )
    return "\n".join([*parts, "</svg>\n"])


def lines(title: str, series: Sequence[tuple[str, Sequence[tuple[float, float]]]]) -> str:
    """One line a series over (x, y) points, each scaled to its own largest y, which is told in its name."""
    right = max(x for _, points in series for x, _ in points)
    parts = [HEAD.format(width=WIDTH, height=300, title=escape(title))]
    for place, (name, points) in enumerate(series):
        color = ("#b3241c", "#22577a", "#38a36e")[place % 3]
        top = max(y for _, y in points) or 1.0
        path = " ".join(f"{50 + x / right * 660:.1f},{270 - y / top * 210:.1f}" for x, y in points)
        parts.append(f'<polyline fill="none" stroke="{color}" stroke-width="2" points="{path}"/>')
        parts.append(f'<text x="60" y="{56 + 18 * place}" fill="{color}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>\n"])
