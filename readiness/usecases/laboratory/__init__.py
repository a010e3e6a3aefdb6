"""The incentive laboratory: an incentive is tried on a payer's own released numbers before it is
fixed."""
