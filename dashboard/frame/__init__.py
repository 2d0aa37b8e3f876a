"""What every page stands in: its opening and end, state in the URL, knobs, chart, exports, texts."""

from dashboard.frame.alone import draw_alone
from dashboard.frame.chart import figure_place
from dashboard.frame.net import net
from dashboard.frame.page import begin, end, explain, mark, read_aloud, sidebar, title, warn

__all__ = [
    "begin",
    "draw_alone",
    "end",
    "explain",
    "figure_place",
    "mark",
    "net",
    "read_aloud",
    "sidebar",
    "title",
    "warn",
]
