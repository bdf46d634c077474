"""The Asterisk itself: its configuration, its health, and one that is brought along."""
