"""Text from elsewhere as Markdown."""

from __future__ import annotations


def plain(text: str) -> str:
    """Markdown that shows the text as it is."""
    return "".join(
        f"\\{character}" if character in "\\`*_{}[]<>()#+!|~$:" else character for character in text
    )
