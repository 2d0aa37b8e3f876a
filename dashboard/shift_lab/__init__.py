"""What the page 'Shift lab' is made of."""
