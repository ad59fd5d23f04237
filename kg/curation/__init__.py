"""From curated files to editorial and claim graphs: reading, checking of form, scaffolding, formatting."""
