"""Media: pictures, previews and streams that are made of what the source store holds."""
