"""The demo: a society to look around in, kept as plain files and loaded into an empty database."""
