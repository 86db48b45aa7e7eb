"""Every page of the site in every state, to be looked at by people and by machines.

`python -m tests.looking` takes a picture of each; the journeys let axe read the same scenes.
"""
