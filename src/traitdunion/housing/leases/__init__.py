"""Keep leases: terms and their versions, revised redevance, billing, resale."""
