"""What followed a need that was found: referrals, their outcomes, and needs that were met."""
