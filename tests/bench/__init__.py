"""Speed, measured in one run as ratios to a bare route on the same server; never asserted as times in tests."""
