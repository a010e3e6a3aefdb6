"""What a person does: load, allow, decide, save. One function for each thing."""
