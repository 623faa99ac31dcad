"""How the box stands, as codes that a lamp blinks: raised by whoever notices, sticky until somebody has seen them."""
