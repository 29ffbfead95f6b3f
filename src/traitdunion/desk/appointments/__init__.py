"""Appointments in another tool: a link that carries a reference alone, a signed message back."""
