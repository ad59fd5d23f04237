"""From records to a store: build the dataset, check it, fill a store with it."""
