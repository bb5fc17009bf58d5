"""Mail as it is found in archives: mbox files, headers, bodies. Nothing here knows of the forum."""
