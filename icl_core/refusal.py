"""What does not go, in one sentence that can be said in any language."""

from __future__ import annotations

from collections.abc import Mapping

Translation = Mapping[str, str]
"""From an English template to that of another language, with the same places in braces."""


class Refusal(ValueError):
    """An English template and the values for the places in its braces.

    `str` is the sentence in English. A value that is a refusal itself is worded like the rest.
    """

    def __init__(self, template: str, /, **values: object) -> None:
        self.template, self.values = template, values
        super().__init__(_filled(template, values, {}))

    def worded(self, translation: Translation) -> str:
        """The sentence with the template's translation, in English where there is none."""
        return _filled(self.template, self.values, translation)


def _filled(template: str, values: Mapping[str, object], translation: Translation) -> str:
    said = {
        name: value.worded(translation) if isinstance(value, Refusal) else value
        for name, value in values.items()
    }
    return translation.get(template, template).format(**said)
