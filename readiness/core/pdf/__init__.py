"""Documents: HTML in, tagged PDF out, printed in a child process within limits."""
