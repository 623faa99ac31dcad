"""The words that every room speaks: drums, hits, strokes, tracks, meters and timelines."""
