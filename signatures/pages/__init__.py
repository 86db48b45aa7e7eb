"""What the public pages show, in which state it is, and the pages that are kept ready."""
