"""One layout for policies and their cases: only white space and quotes change, never what is said."""
