"""Training from the page: what there is, what it costs, how it goes, and how to stop it."""
