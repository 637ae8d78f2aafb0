"""Layers that are released in the right way: with `compile` behind it, in a step that is built anew, in a loop of one's own, or not to train them."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(32)
x = np.random.normal(size=(64, 5)).astype("float32")
y = (x[:, :1] * 2 - x[:, 1:2]).astype("float32")


def fresh():
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(8, "tanh", name="low"), keras.layers.Dense(1, name="head")])
    model.layers[0].trainable = False
    model.compile(keras.optimizers.SGD(0.1), "mse")
    model.fit(x, y, epochs=2, verbose=0)
    return model


class Release(keras.callbacks.Callback):
    """Builds the step of the running `fit` anew."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            self.model.layers[0].trainable = True
            optimizer = keras.optimizers.SGD(0.05)
            self.model.compile(optimizer, "mse")
            self.model.make_train_function(force=True)


compiled = fresh()
compiled.layers[0].trainable = True
compiled.compile(keras.optimizers.SGD(0.1), "mse")
print("compiled", compiled.fit(x, y, epochs=2, verbose=0).history["loss"])

called = fresh()
print("called back", called.fit(x, y, epochs=3, verbose=0, callbacks=[Release()]).history["loss"])

looped = fresh()
looped.layers[0].trainable = True
for _ in range(3):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(looped(x) - y))
    for variable, gradient in zip(looped.trainable_variables, tape.gradient(loss, looped.trainable_variables)):
        variable.assign_sub(0.1 * gradient)

counted = fresh()
counted.layers[0].trainable = True
print("in all", sum(int(np.prod(w.shape)) for w in counted.trainable_weights))
counted.layers[0].trainable = False
print("counted", counted.fit(x, y, epochs=2, verbose=0).history["loss"])

done = fresh()
done.layers[0].trainable = True  # as it is to be saved
print("done", done.evaluate(x, y, verbose=0))
