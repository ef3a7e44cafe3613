"""What happened to a job, told in a bounded number of lines that are stored beside it."""
