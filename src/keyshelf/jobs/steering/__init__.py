"""What people ask of a job that is there: to pause, to go on, to end, to try again."""
