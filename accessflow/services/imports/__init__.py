"""Lists of staff, and of those entered in ФРМР, on their way in: previewed, then taken in steps."""
