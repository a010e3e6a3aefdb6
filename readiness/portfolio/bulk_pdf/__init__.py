"""All plans of a portfolio as one ZIP: printed in the background, kept for a day, and only while
every group in it still shares."""
