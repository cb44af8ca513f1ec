"""Documents in: the format that editors write, from quotes to offsets, from rows to rendered records."""
