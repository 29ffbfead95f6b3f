"""Keep the ledger: entries, billing, payments, arrears, checks."""
