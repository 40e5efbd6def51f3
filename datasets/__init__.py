"""Graphs and questions: generators, lessons, corpora, evaluation sets and real graphs."""
