"""Forms of this feature: parse and validate; macros write the HTML."""
