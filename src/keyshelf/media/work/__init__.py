"""Work on media: asking for it, doing it stage by stage, telling of it, and undoing all of it."""
