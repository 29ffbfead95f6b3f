"""Follow an organisme de foncier solidaire: project, operations, leases, ledger, annual report."""
