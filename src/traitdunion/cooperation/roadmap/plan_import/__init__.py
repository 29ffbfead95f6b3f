"""An existing plan taken from a spreadsheet: read, compared, applied in one go, undone."""
