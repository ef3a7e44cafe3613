"""The carrier on the machine of the stores: straight to the bucket and the database."""
