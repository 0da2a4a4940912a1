"""Whole stories, one a group of users: a real server, a real browser or a program, foreign software at the end."""
