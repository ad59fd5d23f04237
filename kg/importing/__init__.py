"""From a publisher's own tables to records beside the curated ones: parse, check, write, remove."""
