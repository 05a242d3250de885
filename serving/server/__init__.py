"""The feature server: features over HTTP."""
