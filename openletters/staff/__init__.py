"""The staff's accounts: roles, logging in with a second step, and what they did with their rights."""
