"""How fast letters are served and signed, and what happens to them when something goes away."""
