"""The Library page: filters, cards, and trainings played back."""
