"""What a payer sees over all groups that share with it."""
