"""What makes the stages of jobs, out of the tools for pictures, films and audio."""
