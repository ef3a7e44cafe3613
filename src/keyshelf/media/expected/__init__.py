"""What the rows of media say that the media store holds."""
