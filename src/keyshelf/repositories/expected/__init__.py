"""What the rows of repositories say that the repository store holds."""
