"""The benchmark of Dossier against its alternatives; `make bench` runs it."""
