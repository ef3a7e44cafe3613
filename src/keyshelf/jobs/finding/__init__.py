"""Finding jobs by what they are, and by what their payloads say."""
