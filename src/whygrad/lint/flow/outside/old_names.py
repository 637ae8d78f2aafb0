"""Functions of TensorFlow 1 under the names that the catalogue measured them by, and what the two give for a setting of Keras's."""

from __future__ import annotations

RENAMED = {  # compat.v1's name -> today's
    "arg_max": "math.argmax",
    "arg_min": "math.argmin",
    "batch_gather": "gather",
    "div": "math.divide",
    "div_no_nan": "math.divide_no_nan",
    "floor_div": "math.floordiv",
    "lin_space": "linspace",
    "matrix_band_part": "linalg.band_part",
    "matrix_determinant": "linalg.det",
    "matrix_diag": "linalg.diag",
    "matrix_diag_part": "linalg.diag_part",
    "matrix_inverse": "linalg.inv",
    "matrix_set_diag": "linalg.set_diag",
    "matrix_solve": "linalg.solve",
    "matrix_solve_ls": "linalg.lstsq",
    "matrix_triangular_solve": "linalg.triangular_solve",
    "multinomial": "random.categorical",
    "self_adjoint_eig": "linalg.eigh",
    "self_adjoint_eigvals": "linalg.eigvalsh",
    "sparse_tensor_dense_matmul": "sparse.sparse_dense_matmul",
    "sparse_tensor_to_dense": "sparse.to_dense",
    "tensor_scatter_add": "tensor_scatter_nd_add",
    "tensor_scatter_sub": "tensor_scatter_nd_sub",
    "tensor_scatter_update": "tensor_scatter_nd_update",
    "verify_tensor_all_finite": "debugging.check_numerics",
}
LOSSES = {  # of tf.losses; labels first, predictions second in both
    "absolute_difference": "mean_absolute_error",
    "hinge_loss": "hinge",
    "huber_loss": "huber",
    "log_loss": "binary_crossentropy",
    "mean_squared_error": "mean_squared_error",
    "sigmoid_cross_entropy": "binary_crossentropy",
    "softmax_cross_entropy": "categorical_crossentropy",
    "sparse_softmax_cross_entropy": "sparse_categorical_crossentropy",
}
NEW = {f"tensorflow.{old}": f"tensorflow.{new}" for old, new in RENAMED.items()}
NEW |= {f"tensorflow.losses.{old}": f"keras.losses.{new}" for old, new in LOSSES.items()}
CASTS = {f"tensorflow.to_{dtype}": dtype for dtype in ("float", "double", "bfloat16", "int32", "int64", "complex64", "complex128")}
SETTINGS = frozenset(f"keras.{place}.{name}" for place in ("backend", "config") for name in ("epsilon", "image_data_format", "learning_phase"))
