"""A state → its shape: circle with tick, square with lines, triangle with !, octagon with ×, dashed circle. Drawn once, used
in the page (colours of the theme) and in the browser's tab (colours of its own)."""

from __future__ import annotations

from urllib.parse import quote

from markupsafe import Markup

_FORMS = {
    "green": '<circle cx="12" cy="12" r="11" fill="{own}"/>'
    '<path d="M6.5 12.5l3.8 3.8 7.2-8" fill="none" stroke="{card}" stroke-width="2.8"/>',
    "blue": '<rect x="1.5" y="1.5" width="21" height="21" rx="3" fill="{own}"/>'
    '<path d="M7 8.2h10M7 12h10M7 15.8h6" stroke="{card}" stroke-width="2.4"/>',
    "yellow": '<path d="M12 1.2 23.4 22H.6z" fill="{own}"/>'
    '<path d="M12 8.5v6.8M12 17.6v2.2" stroke="#16191d" stroke-width="2.6"/>',
    "red": '<path d="M7.5 1h9L23 7.5v9L16.5 23h-9L1 16.5v-9z" fill="{own}"/>'
    '<path d="M8 8l8 8M16 8l-8 8" stroke="{card}" stroke-width="2.8"/>',
    "grey": '<circle cx="12" cy="12" r="10" fill="none" stroke="{own}" stroke-width="2.2" stroke-dasharray="4 3"/>',
}
_TAB = {"green": "#109e78", "blue": "#1b3fae", "yellow": "#e5a800", "red": "#a0121a", "grey": "#7b8794"}
_THEME = {"grey": "sub"}


def symbols() -> Markup:
    """All shapes, to stand once at the top of a page and be used by name."""
    made = []
    for state, form in _FORMS.items():
        drawn = form.format(own=f"var(--{_THEME.get(state, state)})", card="var(--card)")
        made.append(f'<symbol id="{state}" viewBox="0 0 24 24">{drawn}</symbol>')
    return Markup("\n".join(made))  # noqa: S704 - our own drawing


def favicon(state: str) -> str:
    """The overall state as a picture in the tab, as a data address."""
    drawn = _FORMS[state].format(own=_TAB[state], card="#fff")
    return "data:image/svg+xml," + quote(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{drawn}</svg>')
