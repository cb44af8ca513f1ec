"""The routes: one file per kind of record, and one per capability."""
