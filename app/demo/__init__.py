"""A fictional scheme, made by driving the real commands through the years (`rrn demo`)."""
