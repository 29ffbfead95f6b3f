"""Ways of travelling and their times, knowing no person."""
