"""Pages made on the server: the public ones, sign-in, and the shells that the built pages live in."""
