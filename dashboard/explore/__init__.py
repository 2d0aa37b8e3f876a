"""The room of the Explore page."""
