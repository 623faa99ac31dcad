"""The panel: what a page sees of the box and may ask of it, without sockets, files or time of its own."""
