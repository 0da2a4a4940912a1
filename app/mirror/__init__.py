"""`rrn export log`: everything that is published, as a folder that anybody may serve, keep and verify against."""
