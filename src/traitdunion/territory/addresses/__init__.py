"""Addresses of the territory, found without the network: an index of streets and their numbers.

The index is one SQLite file of the data folder, apart from the database: it is built again from
published files, and holds nothing of any person. See `words` (spelling), `index` (building),
`searching` (asking).
"""
