"""From a document to draft letters, corrected before anything is stored."""
