"""What a motor really does: strike, listen, and fit lead time and loudness to what was heard; no input or output."""
