"""Hits in; out come the steps of a call, one by one, and its end."""
