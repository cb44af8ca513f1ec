"""Drafts: what rules recognise in a text, as a bundle to start from."""
