"""What people asked for and could not have: counted, and hidden under 11."""
