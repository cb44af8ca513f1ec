"""Records in other formats than their own JSON."""
