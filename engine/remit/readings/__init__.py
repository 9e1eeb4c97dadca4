"""Ways to read what a policy means: what it decides in numbers, as compiled code, as bounds."""
