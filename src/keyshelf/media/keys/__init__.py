"""Content keys of encrypted streams: made, wrapped, handed out, wrapped anew."""
