"""egovkg: a knowledge graph of a state's digital transformation, in which every fact knows the passage that states it."""

__version__ = "0.1.0"
