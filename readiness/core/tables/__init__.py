"""Tables from strangers: CSV in its many spellings and workbooks, read as text within limits."""
