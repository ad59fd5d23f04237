"""Two datasets side by side: which facts were added, removed or changed."""
