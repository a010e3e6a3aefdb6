"""Pages: each builds a form, calls the service and renders what comes back."""
