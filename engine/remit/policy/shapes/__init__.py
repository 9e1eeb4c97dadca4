"""What a policy file is made of. Each shape both reads its part of a file and says itself as JSON Schema, so that the loader
and the schema in an author's editor never disagree."""
