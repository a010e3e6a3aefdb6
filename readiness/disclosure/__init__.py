"""What may leave a group: which numbers are hidden, and the proof that nobody can work them out."""
