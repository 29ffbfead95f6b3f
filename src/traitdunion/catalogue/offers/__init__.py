"""Solutions as answers read them: frozen records, the snapshot that holds them, its version."""
