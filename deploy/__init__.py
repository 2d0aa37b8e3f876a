"""The dashboard for many viewers: several app processes behind one proxy."""
