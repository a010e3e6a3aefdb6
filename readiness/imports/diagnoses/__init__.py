"""Needs that a diagnosis documents: no screen, and never added to those screened."""
