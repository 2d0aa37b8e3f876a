"""The dashboard: what pages stand in (frame), say and turn, and a room of parts for each page."""
