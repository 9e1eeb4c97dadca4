"""Terms as questions for a solver (SMT-LIB 2.6): whether a statement about every possible case holds."""
