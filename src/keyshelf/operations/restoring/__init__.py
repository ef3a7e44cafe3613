"""Objects in classes that must be restored: which, for how much, how soon, and asking for them."""
