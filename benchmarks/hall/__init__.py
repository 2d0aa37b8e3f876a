"""A dashboard under load, and in trouble: as a hall of viewers and a failing machine would see it."""
