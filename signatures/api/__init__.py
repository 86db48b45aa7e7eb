"""What machines read and send: version 1 of the programming interface, docs/api.md."""
