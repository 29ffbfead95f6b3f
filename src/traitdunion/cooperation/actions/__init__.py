"""The sheet of an action: what it is made of, how it is changed and put back, what it shows."""
