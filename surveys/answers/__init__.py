"""Answers and learning logs: how they are asked for, kept and read."""
