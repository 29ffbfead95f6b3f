"""Outgoing messages: rows written with the deed they announce, sent by a worker afterwards."""
