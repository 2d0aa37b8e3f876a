"""What the page 'Training dynamics' is made of."""
