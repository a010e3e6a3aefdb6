"""Untrusted text and files become values, or problems with the place the person sees."""
