"""What the pages that draw functions of one input share."""
