"""The measuring of the catalogue: TensorFlow's public functions come in, one data file of whygrad.catalogue goes out. See __main__.py."""
