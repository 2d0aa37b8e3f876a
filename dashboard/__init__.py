"""What the pages share: state in the URL, controls, navigation, texts, captions, presets, exports."""
