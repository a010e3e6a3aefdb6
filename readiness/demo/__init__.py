"""A demonstration: an invented payer and thirteen invented groups, the same every time."""
