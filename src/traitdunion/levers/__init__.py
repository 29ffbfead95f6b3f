"""What each actor could change to make a no a yes: changes, scenarios, portfolios, proposals."""
