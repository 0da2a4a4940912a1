"""The edge: routing (one function, two faces), forms, problems, rendering, the sign-in gate, limits, static files."""
