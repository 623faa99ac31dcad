"""Grooves: how hard and how early a drummer plays, and the space in which grooves lie near one another."""
