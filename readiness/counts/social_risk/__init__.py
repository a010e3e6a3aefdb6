"""Social-risk counts: people at each step from being seen to a need being met."""
