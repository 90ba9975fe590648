"""What is so after what happened: the states that the rules judge by, and the authority walk. Pure."""
