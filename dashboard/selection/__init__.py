"""The Model selection page: its state, knobs, pictures and words."""
