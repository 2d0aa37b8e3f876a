"""The Claims page: every claim of the papers, what was measured of it, and what that says."""
