"""Judge an operation: is it cheaper than the market, under the ceilings, and does it hold."""
