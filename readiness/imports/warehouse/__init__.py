"""Large tables of results: counted by DuckDB here, or by SQL where the rows have to stay."""
