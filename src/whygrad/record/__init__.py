"""Program -> Recording: what TensorFlow executed, where in the user's source, under which tape."""
