"""Rules written on screen: forms, cases, publication."""
