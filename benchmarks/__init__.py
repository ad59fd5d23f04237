"""What speed is measured by. Figures are written to docs/benchmarks.md by hand, with the command that gives them."""
