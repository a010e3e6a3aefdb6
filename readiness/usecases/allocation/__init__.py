"""A budget over a payer's portfolio: asked for, solved in the background, shown and replayed."""
