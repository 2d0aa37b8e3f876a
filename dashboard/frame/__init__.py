"""What every page stands in: its opening and end, state in the URL, knobs, chart, exports, texts."""

from dashboard.frame.chart import figure_place
from dashboard.frame.page import begin, end, explain, read_aloud, sidebar, title, warn

__all__ = ["begin", "end", "explain", "figure_place", "read_aloud", "sidebar", "title", "warn"]
