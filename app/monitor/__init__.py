"""A monitor of the log: looks again and again, remembers what it saw, and shouts when the register takes anything back."""
