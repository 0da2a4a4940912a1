"""Time stamps (RFC 3161): somebody outside vouches for when a seal was made, and what is needed to believe that later."""
