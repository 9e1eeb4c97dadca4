"""A decision as a page of text for people, in one of the languages of its policy."""
