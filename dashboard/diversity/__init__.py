"""The Task diversity page: its state, knobs, pictures and words."""
