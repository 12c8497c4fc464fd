"""Parts of make_tables.py: each reads published data and writes readable tables."""
