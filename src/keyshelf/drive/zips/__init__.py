"""Folders and selections as one ZIP archive, streamed: `service.open_zip`."""
