"""What can be turned, pressed and chosen while the music plays, and by which message."""
