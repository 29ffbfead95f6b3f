"""Tags that write what every page repeats, without a template of each."""
