"""Social-risk and quality counts: entered, checked and kept as revisions. Counts, never people."""
