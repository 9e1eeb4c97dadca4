"""What commands share: the terminal, prompts, policies and requests from the words of the command line."""
