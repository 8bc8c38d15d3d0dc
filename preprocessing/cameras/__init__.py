"""Virtual cameras, for motion that none has filmed."""
