"""From a feed to the flat arrays of a timetable: trips joined, doubles left out, patterns found."""
