"""Read, keep and find dated references: zones, ceilings, indices, rents, prices, vacancy."""
