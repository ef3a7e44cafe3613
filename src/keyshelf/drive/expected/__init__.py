"""What the drive's rows say that the source store holds."""
