"""Housing, job and mobility together: one plan, one referent, each partner its own step."""
