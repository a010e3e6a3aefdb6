"""What interventions cost: a sealed file for each version of a cost book."""
