"""What certificates look like on paper: designs, each complete before anything is drawn with it, and the one a body chose."""
