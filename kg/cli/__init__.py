"""The command `egovkg`: parse, one call, print."""
