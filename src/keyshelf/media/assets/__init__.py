"""What is known of media by their content: what a look told, and what may be shown of them."""
