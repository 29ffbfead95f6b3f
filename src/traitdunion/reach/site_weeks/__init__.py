"""Sites and their shifts, searched once for all homes: both ways, for each distinct day."""
