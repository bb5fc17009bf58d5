"""Everything read from discussions; every list takes a viewer."""
