"""What service apps hold: a policy that decides, all versions of all policies of a folder, and the questions of an
interview."""
