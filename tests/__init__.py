"""Tests. Names are sentences; what they start, they end."""
