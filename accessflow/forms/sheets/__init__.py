"""Lists as other programs export them and people keep them by hand: found, read, checked."""
