"""Compile a Typst layout to PDF; data go in as JSON, so that no text is ever run."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from .pictographs import printable


def compile_pdf(layout: Path, values: Mapping[str, Any]) -> bytes:
    """Compile a layout (`….typ`) as PDF; emoji are described, which its fonts do not draw."""
    pdf: bytes = typst.compile(
        layout,
        root=layout.parent,
        sys_inputs={"values": json.dumps(printable(values), ensure_ascii=False)},
        ignore_system_fonts=True,
    )
    return pdf
