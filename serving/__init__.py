"""How features leave the project: the online store, the feature server, the catalogue."""
