"""What every feature stands on: settings, store, history, jobs, documents, pages."""
