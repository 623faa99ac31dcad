"""Who says where the beat is: the settings, a tap, the first hits, or a clock from outside."""
