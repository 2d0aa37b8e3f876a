"""Every text of a learning curve's figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Labels:
    """Texts of a learning curve. `off_scale` has places {method}, {value} and {k}; `read_out` has {k}.

    `more` is the title of the lines that wait for a click.
    """

    methods: Mapping[str, str]
    context_length: str
    error: str
    dimension: str
    beyond: str
    off_scale: str
    read_out: str
    interval: str
    median: str
    more: str = ""
