"""Complaints, appeals and concerns: taken in from anybody, looked into by somebody who had no part in the matter."""
