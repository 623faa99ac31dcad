"""The board behind the serial line: what is said to it, what it says, and what time it has. No port is opened here."""
