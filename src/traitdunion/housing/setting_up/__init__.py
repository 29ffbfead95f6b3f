"""Set up an organisme de foncier solidaire: agrément file, partners, complete file."""
