"""Pages for people: HTML made on the server from the queries of the API."""
