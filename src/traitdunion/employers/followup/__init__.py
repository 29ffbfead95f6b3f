"""Follow-up of commitments: counts of people hired and still there, declared by employers."""
