"""Where features can be found: lineage, statistics and the pages that show them."""
