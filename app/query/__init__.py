"""Queries: filters, order, lists, facets, search, timeline and graph. Names no kind of record."""
