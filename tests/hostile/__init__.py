"""What the app does with what nobody should send: every page, every form, every address."""
