"""The papers' instruments over the graph and over tables of the user's: read, compute (`kg.analytics`), report."""
