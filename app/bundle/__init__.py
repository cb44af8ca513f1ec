"""Bundles of documents and their analyses: reading, checking, loading, rendering and indexing."""
