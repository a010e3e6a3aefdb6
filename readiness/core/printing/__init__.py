"""Documents are printed in the background, by turns; a page waits a moment, and then follows."""
