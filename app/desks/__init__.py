"""The desk of each person: what waits for them, what is late, and whom they wait for. Reads only."""
