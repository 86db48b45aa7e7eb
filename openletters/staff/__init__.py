"""The staff's accounts: roles, logging in with a second step, and the record of what they did."""
