"""egovkg from Python: `open_graph` gives the look-ups over a local store or a service, with the same calls."""
