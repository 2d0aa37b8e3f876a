"""What can be taken away of the played model: its training, card and spec, and code that grades it again."""

from __future__ import annotations

from dashboard.frame.exports import Download, csv_text, spec_file
from icl_core.library import Card, grading

CODE = """\
from icl_core.library import default_library
from icl_core.library.grading import grade

library = default_library()
card = grade(library, library.find("{model}"))  # {prompts:,} prompts of each family: a minute or two

for each in card.errors:
    print(each.family, each.tasks, *zip(each.context_lengths, each.mean, each.low, each.high))
for check in card.checks:
    print(check.statement, check.value, [check.low, check.high], "limit", check.limit)
"""


def files(card: Card) -> list[Download]:
    """The training's learning curves, the whole card, and the spec that `train` takes."""
    return [
        Download("csv", lambda: training_csv(card), f"icl-training-{card.spec.hash}.csv"),
        Download("card", lambda: card.to_json() + "\n", f"icl-{card.name}-card.json"),
        spec_file(card.spec, f"icl-{card.name}"),
    ]


def training_csv(card: Card) -> str:
    """A row for each checkpoint, family and k: the error over v."""
    return csv_text(
        ["step", "family", "k", "error"],
        (
            [snapshot.step, family, k, error]
            for snapshot in card.history
            for family, errors in zip(card.spec.mixture.names, snapshot.errors, strict=True)
            for k, error in enumerate(errors)
        ),
    )


def python_code(card: Card) -> str:
    """Code that measures the card's numbers again from the weights."""
    return CODE.format(model=card.spec.hash, prompts=grading.PROMPTS)
