"""REST under /api/v1: one file per noun, each with its `ROUTES`."""
