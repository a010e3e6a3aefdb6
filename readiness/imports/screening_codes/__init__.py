"""Which questions screening instruments ask and what each answer says: a sealed file."""
