"""Editions of the Standards, rule packs and legal notes: data files, their validation and their loader."""
