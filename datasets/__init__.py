"""Where graphs come from: generators, lessons, corpora and real graphs."""
