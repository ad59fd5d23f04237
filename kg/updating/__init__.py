"""What a write to a store has to pass: which graphs may be written, the facts that follow, the shapes."""
