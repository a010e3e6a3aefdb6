"""What a payer takes along to a group: two pages, a spreadsheet and the same as data."""
