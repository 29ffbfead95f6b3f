"""Durable changes of names in a folder, on systems where a rename needs its folder synced."""

import os
from pathlib import Path


def fsync_folder(folder: Path) -> None:
    """Sync a folder so that a rename in it survives a power loss."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    written = path.with_name(f".{path.name}.{os.getpid()}")
    written.write_text(text, encoding="utf-8")
    os.replace(written, path)
    fsync_folder(path.parent)
