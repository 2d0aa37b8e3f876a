"""The explorer as a static folder: pages of `site/`, with the library's models and the app's own figures."""
