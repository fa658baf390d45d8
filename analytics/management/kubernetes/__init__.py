"""The features and releases of Kubernetes, as its enhancement repository records them, made ready for the importer."""
