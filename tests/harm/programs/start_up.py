"""What may only be said before TensorFlow has started: devices, threads, and eager execution with a configuration."""
# alone

import tensorflow as tf
from digest import show

tf.config.threading.set_inter_op_parallelism_threads(2)
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.set_soft_device_placement(False)
config = tf.compat.v1.ConfigProto(allow_soft_placement=True)
tf.compat.v1.enable_eager_execution(config=config)
show(tf.config.threading.get_inter_op_parallelism_threads(), tf.config.get_soft_device_placement(), float(tf.Variable(1.0)))
