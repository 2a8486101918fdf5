"""Who sees what: the web application, its API, the public pages, and (in `web/`) the wall and the technician's page."""
