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
