"""What an administrator does: groups, payers, people, and taking a group out whole."""
