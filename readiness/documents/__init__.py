"""What leaves the program on paper or in a spreadsheet."""
