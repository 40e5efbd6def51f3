"""Sentences to questions, and questions to sentences."""
