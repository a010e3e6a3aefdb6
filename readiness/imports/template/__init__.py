"""Our own table of counts: handed out, filled in by a group, and read back."""
