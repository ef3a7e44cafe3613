"""What a repository holds, written beside its chunks: `service.write_snapshot`."""
