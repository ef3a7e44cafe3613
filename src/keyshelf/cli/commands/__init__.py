"""The commands, one module for each verb or noun."""
