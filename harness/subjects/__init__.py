"""The outside world as a check sees it: each subject notes what was observed through it."""
