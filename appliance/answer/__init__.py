"""A call in, step by step; an answer out, step by step."""
