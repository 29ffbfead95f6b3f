"""A working session: preparation, guests, tables, and what happens in the room."""
