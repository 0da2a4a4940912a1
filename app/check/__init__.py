"""`rrn check`: every invariant, chain, file, seal and proof derived anew, by another way than the one the register takes."""
