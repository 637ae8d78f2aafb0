"""Kinds of operations by the way in which a gradient can become zero or infinite in them. Whether it did is read from measured values."""

from __future__ import annotations

# fmt: off
PRODUCTS = frozenset({
    "Mul", "MulNoNan", "MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Einsum", "Conv2D", "Conv3D", "DepthwiseConv2dNative",
    "RealDiv", "Div", "DivNoNan", "Xdivy", "Xlogy", "Pow", "SparseTensorDenseMatMul", "Prod", "Cross",
})
PASSES_ON = frozenset({  # the value stays what it is
    "Identity", "Reshape", "Cast", "ExpandDims", "Squeeze", "Transpose", "BroadcastTo", "Tile", "ReadVariableOp", "Neg", "Fill", "Pack",
    "ConcatV2", "StridedSlice",
})
SATURATED = frozenset({  # flat in a region of their own
    "Relu", "Relu6", "Sigmoid", "Tanh", "Softmax", "LogSoftmax", "Erf", "Erfc", "Exp", "Softplus", "Softsign", "Elu", "Selu",
})
# fmt: on
EXTREMES = frozenset({"Maximum", "Minimum", "ClipByValue"})  # flat where the other argument wins
PICKS = frozenset({"Select", "SelectV2"})
AT_ZERO = frozenset({"Square", "SquaredDifference", "Abs", "L2Loss"})  # flat at zero
SLOPES = {"ReluGrad": "Relu", "Relu6Grad": "Relu6", "LeakyReluGrad": "LeakyRelu"}  # of straight pieces: the slope itself has no slope
LOSSES = frozenset({"SoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits"})
DIVISIONS = frozenset({"RealDiv", "Div", "Xdivy", "Reciprocal", "Inv"})
