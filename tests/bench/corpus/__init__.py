"""Plausible commentaries without end, each as long as the seed's, and the databases that are loaded with them."""
