"""What the engine says of a text that it cannot read, in short."""

from __future__ import annotations

import re

_CAUSES = {
    "Prefix not found": "this prefix is not declared; add a PREFIX line or use one of /prefixes",
    "SELECT contains a variable that is unbound": "SELECT names a variable that is neither grouped nor aggregated",
}
_EXPECTED = 12
_SENTENCE = re.compile(r"(?:\S+ ){2,}[a-z*A-Z ]+")
"""What the engine says in words, among the signs that it expected."""


def in_short(message: str) -> str:
    """Return the engine's message without its lists of characters: the cause where it names one, else what it expected."""
    for sign, cause in _CAUSES.items():
        if sign in message:
            return cause
    expected = message.replace("\n", " ").removeprefix("expected ").removeprefix("one of ")
    words = [word for word in expected.split(", ") if "[" not in word]
    if told := next((word for word in words if _SENTENCE.fullmatch(word)), None):
        return told
    return f"expected {', '.join(words[:_EXPECTED])}" if words else "this does not belong here, or the text ends too early"
