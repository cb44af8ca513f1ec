"""Questions put to the records: filters, order, pages. Knows no kind by name."""
