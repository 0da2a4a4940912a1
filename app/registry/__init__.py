"""The public's view: who is certified, for what, today or on a day. It reads and stores nothing."""
