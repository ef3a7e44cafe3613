"""What the figures of a store call for, beside the rules of its bucket."""
