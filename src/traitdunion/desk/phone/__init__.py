"""The phone desk: a call is logged by doing the search, and ends with one press."""
