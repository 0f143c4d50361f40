"""What is true whatever stores or shows it: pure functions and values, no Django, no clock, no network."""
