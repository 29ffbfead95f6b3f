"""The sheet a person takes away: easy to read, in their language, on paper or as a text message."""
