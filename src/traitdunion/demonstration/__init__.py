"""Load the demonstration: network, catalogue, half-day, committee, followed people."""
