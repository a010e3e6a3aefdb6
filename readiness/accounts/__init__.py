"""People, teams, groups and payers: who signs in, who belongs where, who reads what of whom."""
