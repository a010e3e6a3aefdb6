"""One function for each thing a person does: load, allow, decide, save."""
