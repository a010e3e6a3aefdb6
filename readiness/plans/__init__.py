"""An action plan: proposed, edited, priced, looked ahead on, and held against what was spent."""
