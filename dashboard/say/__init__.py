"""Words that several pages speak."""
