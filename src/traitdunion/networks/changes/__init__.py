"""What one edition of a feed offers, and what changes for riders when another takes its place."""

from .change_lines import change_lines
from .collapse import collapse
from .comparing import Changes, compare
from .edition import Edition, read_edition

__all__ = ["Changes", "Edition", "change_lines", "collapse", "compare", "read_edition"]
