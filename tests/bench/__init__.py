"""The benchmark: what Dossier costs, measured against what a user would pick instead. `make bench` runs it."""
