"""What joins the domains: work that no one of them could do alone."""
