"""What every page stands on: who may open it, what a request may carry, how errors are told."""
