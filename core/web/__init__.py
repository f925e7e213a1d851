"""The Flask application: requests, signing in, pages of its own."""
