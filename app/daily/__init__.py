"""The report of each day: the log's checkpoint and what was done, mailed, kept and mirrored, so that copies lie outside our reach."""
