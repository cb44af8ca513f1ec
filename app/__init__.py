"""Dossier: the structured analysis of geopolitical commentary, tied to the words it came from."""

from importlib.metadata import version

__version__ = version("dossier")
