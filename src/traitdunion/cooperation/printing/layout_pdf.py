"""Compile a layout of `layouts/` to PDF."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from traitdunion.printing.typst import compile_pdf

LAYOUTS = Path(__file__).parent / "layouts"


def compile_layout(layout: str, head: Mapping[str, str] | None, values: Mapping[str, Any]) -> bytes:
    """Compile a layout as PDF: `head` goes in its top and foot, `values` in its body."""
    return compile_pdf(LAYOUTS / f"{layout}.typ", {"seance": head, **values} if head else values)
