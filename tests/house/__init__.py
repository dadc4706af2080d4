"""The house as a whole: its direction, its sizes, its commands when the input is bad."""
