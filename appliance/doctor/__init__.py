"""What `ghostnote doctor` looks at: each check finds one thing, and says what to do about it."""
