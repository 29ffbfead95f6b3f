"""Files that the pages hand out: PDF compiled by Typst, calendar events."""
