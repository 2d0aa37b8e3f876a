"""Lectures: scenes in their order, each a link into the explorer with what is asked and said there."""
