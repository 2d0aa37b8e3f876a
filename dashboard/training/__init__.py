"""Training from the page: what there is, what it costs, how it goes, and how to stop it."""

from dashboard.training.section import training_section

__all__ = ["training_section"]
