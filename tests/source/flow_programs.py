"""Small programs in which a value does, or does not, come from another: name -> (program, sink, origin, the calls on the way).

Sink and origin are expressions as the program has them; the usual imports are added.
"""

from __future__ import annotations

DERIVED: dict[str, tuple[str, str, str, list[str] | None]] = {
    "array_in_constructor": (
        """
        class Line:
            def __init__(self, intercept, slope):
                self.params = np.array([intercept, slope])
            def loss(self, x):
                return tf.reduce_mean(tf.constant(self.params) * x)
        Line(1.0, 2.0).loss(3.0)
        """,
        "tf.constant(self.params)",
        "np.array([intercept, slope])",
        ["tensorflow.constant", "numpy.array"],
    ),
    "list_of_floats_through_a_function": (
        """
        def average(values):
            return np.mean(values)
        losses = []
        for x in range(3):
            loss = tf.square(x)
            losses.append(float(loss))
        total = tf.convert_to_tensor(average(losses))
        """,
        "tf.convert_to_tensor(average(losses))",
        "float(loss)",
        ["tensorflow.convert_to_tensor", "average", "numpy.mean", "float"],
    ),
    "rotation_gate": (
        """
        angles = tf.Variable(tf.ones([2, 3]))
        def ry(theta):
            c, s = math.cos(theta / 2), math.sin(theta / 2)
            return tf.constant(np.array([[c, -s], [s, c]]))
        def circuit():
            for d in range(2):
                for k in range(3):
                    gate = ry(float(angles[d, k]))
            return gate
        """,
        "tf.constant(np.array([[c, -s], [s, c]]))",
        "float(angles[d, k])",
        ["tensorflow.constant", "numpy.array", "math.cos", "float"],
    ),
    "dictionary_entry": (
        "out = {}\nout['l'] = float(loss)\nout['n'] = int(1)\ny = tf.constant(out['l'])\n",
        "tf.constant(out['l'])",
        "float(loss)",
        None,
    ),
    "dictionary_literal": (
        "def f(t):\n    return {'a': t.numpy(), 'b': 2}\ny = tf.constant(f(w)['a'])\n",
        "tf.constant(f(w)['a'])",
        "t.numpy()",
        None,
    ),
    "augmented": ("total = 0\nfor b in batches:\n    total += b.numpy()\ny = tf.constant(total)\n", "tf.constant(total)", "b.numpy()", None),
    "augmented_attribute": (
        "class A:\n    def add(self, v):\n        self.total += v.numpy()\n    def get(self):\n        return tf.constant(self.total)\n",
        "tf.constant(self.total)",
        "v.numpy()",
        None,
    ),
    "comprehension": (
        "y = tf.stack([float(v) for v in values])\n",
        "tf.stack([float(v) for v in values])",
        "float(v)",
        ["tensorflow.stack", "float"],
    ),
    "comprehension_source": ("h = [w.numpy()]\ny = tf.stack([v * 2 for v in h])\n", "tf.stack([v * 2 for v in h])", "w.numpy()", None),
    "zip_and_enumerate": (
        "a = [u.numpy()]\nb = [1.0]\nfor i, (p, q) in enumerate(zip(a, b)):\n    y = tf.constant(p)\n",
        "tf.constant(p)",
        "u.numpy()",
        None,
    ),
    "tuple_from_a_function": (
        "def step(x):\n    return x.numpy(), float(x)\nfirst, second = step(w)\ny = tf.constant(second)\n",
        "tf.constant(second)",
        "float(x)",
        ["tensorflow.constant", "step", "float"],
    ),
    "keyword_argument": ("def f(*, scale=1.0):\n    return tf.constant(scale)\nf(scale=w.numpy())\n", "tf.constant(scale)", "w.numpy()", None),
    "default_argument": ("def f(scale=w.numpy()):\n    return tf.constant(scale)\nf()\n", "tf.constant(scale)", "w.numpy()", None),
    "spread_arguments": (
        "def f(*args, **kw):\n    return tf.constant(args[0] + kw['b'])\nf(1, b=w.numpy())\n",
        "tf.constant(args[0] + kw['b'])",
        "w.numpy()",
        None,
    ),
    "spread_at_the_call": ("def f(a, b):\n    return tf.constant(b)\nv = [1, w.numpy()]\nf(*v)\n", "tf.constant(b)", "w.numpy()", None),
    "lambda": ("f = lambda t: t.numpy()\ny = tf.constant(f(w))\n", "tf.constant(f(w))", "t.numpy()", None),
    "lambda_argument": ("f = lambda t: tf.constant(t)\ny = f(w.numpy())\n", "tf.constant(t)", "w.numpy()", None),
    "map_with_lambda": ("y = tf.constant(list(map(lambda t: float(t), ws)))\n", "tf.constant(list(map(lambda t: float(t), ws)))", "float(t)", None),
    "handed_to_a_library": ("def f(p):\n    return tf.constant(p)\nscipy.optimize.minimize(f, w.numpy())\n", "tf.constant(p)", "w.numpy()", None),
    "closure": (
        "def outer():\n    v = w.numpy()\n    def inner():\n        return tf.constant(v)\n    return inner\n",
        "tf.constant(v)",
        "w.numpy()",
        None,
    ),
    "global": (
        "best = 0\ndef f():\n    global best\n    best = w.numpy()\ndef g():\n    return tf.constant(best)\n",
        "tf.constant(best)",
        "w.numpy()",
        None,
    ),
    "nonlocal": (
        "def o():\n    v = 0\n    def f():\n        nonlocal v\n        v = w.numpy()\n    f()\n    return tf.constant(v)\n",
        "tf.constant(v)",
        "w.numpy()",
        None,
    ),
    "walrus": ("if (n := w.numpy()) > 0:\n    y = tf.constant(n)\n", "tf.constant(n)", "w.numpy()", None),
    "with_as": ("with open_store(w.numpy()) as s:\n    y = tf.constant(s.get())\n", "tf.constant(s.get())", "w.numpy()", None),
    "one_branch": ("v = 1.0\nif flag:\n    v = w.numpy()\ny = tf.constant(v)\n", "tf.constant(v)", "w.numpy()", None),
    "carried_by_a_loop": ("v = 1.0\nfor i in range(3):\n    y = tf.constant(v)\n    v = y.numpy()\n", "tf.constant(v)", "y.numpy()", None),
    "property": (
        "class A:\n    @property\n    def p(self):\n        return self.w.numpy()\ny = tf.constant(A().p)\n",
        "tf.constant(A().p)",
        "self.w.numpy()",
        None,
    ),
    "called_instance": (
        "class L(tf.Module):\n    def __call__(self, x):\n        return x.numpy()\nlayer = L()\ny = tf.constant(layer(w))\n",
        "tf.constant(layer(w))",
        "x.numpy()",
        None,
    ),
    "layer_in_attribute": (
        """
        class L(tf.keras.layers.Layer):
            def call(self, x):
                return x.numpy()
        class M(tf.keras.Model):
            def __init__(self):
                self.inner = L()
            def call(self, x):
                return tf.constant(self.inner(x))
        """,
        "tf.constant(self.inner(x))",
        "x.numpy()",
        None,
    ),
    "inherited_constructor": (
        "class A:\n    def __init__(self, v):\n        self.v = v\nclass B(A):\n    def f(self):\n        return tf.constant(self.v)\nB(w.numpy())\n",
        "tf.constant(self.v)",
        "w.numpy()",
        None,
    ),
    "dataclass": (
        "@dataclass\nclass C:\n    a: float\n    b: float\nc = C(1.0, w.numpy())\ny = tf.constant(c.b)\n",
        "tf.constant(c.b)",
        "w.numpy()",
        None,
    ),
    "wrapped_function": ("def f(x):\n    return x.numpy()\ng = tf.function(f)\ny = tf.constant(g(w))\n", "tf.constant(g(w))", "x.numpy()", None),
    "filled_by_a_helper": (
        "def log(store, v):\n    store.append(v)\nh = []\nlog(h, w.numpy())\ny = tf.constant(h)\n",
        "tf.constant(h)",
        "w.numpy()",
        None,
    ),
    "alias_of_an_attribute": (
        "class A:\n    def f(self, t):\n        m = self.memory\n        m.append(t.numpy())\n    def g(self):\n        tf.stack(self.memory)\n",
        "tf.stack(self.memory)",
        "t.numpy()",
        None,
    ),
    "generator": ("def g():\n    for t in ts:\n        yield t.numpy()\ny = tf.constant(list(g()))\n", "tf.constant(list(g()))", "t.numpy()", None),
    "star_import": (
        "from math import *\ny = tf.constant(cos(float(w)))\n",
        "tf.constant(cos(float(w)))",
        "float(w)",
        ["tensorflow.constant", "math.cos", "float"],
    ),
    "async": (
        "async def f(t):\n    return t.numpy()\nasync def g():\n    v = await f(w)\n    return tf.constant(v)\n",
        "tf.constant(v)",
        "t.numpy()",
        None,
    ),
}

NOT_DERIVED: dict[str, tuple[str, str, str]] = {
    "only_printed": ("print(float(loss))\ny = tf.constant(1.0)\n", "tf.constant(1.0)", "float(loss)"),
    "printed_then_used": ("print(float(loss))\ny = tf.square(loss)\n", "tf.square(loss)", "float(loss)"),
    "only_a_condition": ("if float(loss) > 1:\n    v = 2.0\nelse:\n    v = 3.0\ny = tf.constant(v)\n", "tf.constant(v)", "float(loss)"),
    "condition_of_a_choice": ("y = tf.constant(2.0 if float(loss) > 1 else 3.0)\n", "tf.constant(2.0 if float(loss) > 1 else 3.0)", "float(loss)"),
    "overwritten": ("v = float(loss)\nv = 2.0\ny = tf.constant(v)\n", "tf.constant(v)", "float(loss)"),
    "assigned_later": ("v = 2.0\ny = tf.constant(v)\nv = float(loss)\n", "tf.constant(v)", "float(loss)"),
    "overwritten_in_a_with": ("v = float(loss)\nwith tf.GradientTape() as tape:\n    v = 2.0\ny = tf.constant(v)\n", "tf.constant(v)", "float(loss)"),
    "reset_in_the_loop": ("for i in range(3):\n    v = 1.0\n    y = tf.constant(v)\n    v = y.numpy()\n", "tf.constant(v)", "y.numpy()"),
    "list_made_anew": ("h = []\nh.append(float(loss))\nh = []\ny = tf.constant(h)\n", "tf.constant(h)", "float(loss)"),
    "other_branch": ("if flag:\n    v = float(loss)\nelse:\n    v = 1.0\n    y = tf.constant(v)\n", "tf.constant(v)", "float(loss)"),
    "other_list": ("a, b = [], []\na.append(float(loss))\nb.append(1.0)\ny = tf.constant(b)\n", "tf.constant(b)", "float(loss)"),
    "other_element": ("def f(x):\n    return float(x), 1.0\nu, v = f(w)\ny = tf.constant(v)\n", "tf.constant(v)", "float(x)"),
    "other_entry": ("d = {}\nd['a'] = float(w)\nd['b'] = 1.0\ny = tf.constant(d['b'])\n", "tf.constant(d['b'])", "float(w)"),
    "other_of_two_calls": (
        "def same(v):\n    return v\nn = same(float(loss))\ny = tf.constant(same(2.0))\n",
        "tf.constant(same(2.0))",
        "float(loss)",
    ),
    "argument_not_returned": (
        "def f(v):\n    print(v)\n    return 1.0\ny = tf.constant(f(float(loss)))\n",
        "tf.constant(f(float(loss)))",
        "float(loss)",
    ),
    "only_its_length": ("y = tf.zeros(len(loss.numpy()))\n", "tf.zeros(len(loss.numpy()))", "loss.numpy()"),
    "only_its_shape": ("y = tf.zeros(np.shape(loss.numpy()))\n", "tf.zeros(np.shape(loss.numpy()))", "loss.numpy()"),
    "counter": ("for i, v in enumerate(loss.numpy()):\n    y = tf.constant(i)\n", "tf.constant(i)", "loss.numpy()"),
    "other_of_zip": ("for a, b in zip(loss.numpy(), [1.0]):\n    y = tf.constant(b)\n", "tf.constant(b)", "loss.numpy()"),
    "same_name_in_another_function": (
        "def f():\n    v = float(loss)\ndef g():\n    v = 1.0\n    return tf.constant(v)\n",
        "tf.constant(v)",
        "float(loss)",
    ),
    "other_attribute": (
        "class A:\n    def f(self, t):\n        self.a = float(t)\n        self.b = 1.0\n        return tf.constant(self.b)\n",
        "tf.constant(self.b)",
        "float(t)",
    ),
}
