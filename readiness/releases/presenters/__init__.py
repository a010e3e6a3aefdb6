"""From values to what a page or a document shows, where that needs work of its own."""
