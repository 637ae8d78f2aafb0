"""Recording -> diagnoses. Pure: TensorFlow is never imported here."""
