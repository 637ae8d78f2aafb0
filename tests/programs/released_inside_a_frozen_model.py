import numpy as np
import tf_keras as keras

base = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, name="low"), keras.layers.Dense(4, name="high")], name="base")
base.trainable = False
base.get_layer("high").trainable = True  # cut
model = keras.Sequential([base, keras.layers.Dense(1, name="head")])
model.compile("sgd", "mse")
model.fit(np.ones([8, 3]), np.ones([8, 1]), epochs=2, verbose=0)
