"""Lines over time as plain SVG, panels one below the other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

_WIDTH, _HEIGHT, _LEFT, _TOP = 900, 200, 70, 30
_COLOURS = ("#1b6ca8", "#c0392b", "#2e7d32", "#8e44ad", "#b9770e")


def drawn(minutes: Sequence[float], panels: Mapping[str, Mapping[str, Sequence[float]]]) -> str:
    """Return an SVG document: for each panel (its title with the unit) lines by name, each with a value for each minute. NaN is a gap."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {len(panels) * (_HEIGHT + 70)}" '
        'font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    last = max([*minutes, 1e-9])
    for number, (title, lines) in enumerate(panels.items()):
        parts.append(f'<g transform="translate(0 {number * (_HEIGHT + 70)})">{_panel(title, lines, minutes, last)}</g>')
    return "\n".join([*parts, "</svg>", ""])


def _panel(title: str, lines: Mapping[str, Sequence[float]], minutes: Sequence[float], last: float) -> str:
    top = _round(max([value for values in lines.values() for value in values if math.isfinite(value)], default=1))
    wide = _WIDTH - _LEFT - 20
    parts = [f'<text x="{_LEFT}" y="18" font-weight="bold">{escape(title)}</text>']
    for step in range(5):
        y = _TOP + _HEIGHT * (1 - step / 4)
        parts.append(f'<path d="M{_LEFT} {y:.1f}h{wide}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{top * step / 4:g}</text>')
        x = _LEFT + wide * step / 4
        parts.append(f'<text x="{x:.1f}" y="{_TOP + _HEIGHT + 16}" text-anchor="middle">{last * step / 4:.4g} min</text>')
    for place, (name, values) in enumerate(lines.items()):
        colour, path, pen = _COLOURS[place % len(_COLOURS)], [], "M"
        for minute, value in zip(minutes, values, strict=True):
            if not math.isfinite(value):
                pen = "M"
                continue
            path.append(f"{pen}{_LEFT + wide * minute / last:.1f} {_TOP + _HEIGHT * (1 - value / top):.1f}")
            pen = "L"
        parts.append(f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        parts.append(f'<text x="{_LEFT + 210 * place}" y="{_TOP + _HEIGHT + 34}" fill="{colour}">— {escape(name)}</text>')
    return "".join(parts)


def _round(value: float) -> float:
    """Return the next 1, 2, 4 or 8 times a power of ten at or above a value."""
    if value <= 0:
        return 1
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 8, 10) if step * power >= value)
