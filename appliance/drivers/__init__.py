"""The edge: ports, pins, files, sockets, threads and the interpreter. A dry driver is a driver like the others."""
