"""What an update is: a signed file of a version, the rules by which it is taken or refused, and its time on trial."""
