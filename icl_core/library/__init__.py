"""The library of trained models and of evaluations worth keeping."""

from icl_core.library.card import Card, Check, FamilyErrors
from icl_core.library.store import Entry, Library, LibraryError, default_library, load_once, state_folder

__all__ = [
    "Card",
    "Check",
    "Entry",
    "FamilyErrors",
    "Library",
    "LibraryError",
    "default_library",
    "load_once",
    "state_folder",
]
