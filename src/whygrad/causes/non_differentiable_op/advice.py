"""An op and the expression as the user wrote it -> what to write instead, in the user's own names."""

from __future__ import annotations

from whygrad import syntax as ast

ROUNDING = frozenset({"Round", "Floor", "Ceil", "Rint", "FloorDiv", "FloorMod"})
GREATER = frozenset({"Greater", "GreaterEqual"})
LESS = frozenset({"Less", "LessEqual"})
EQUAL = frozenset({"Equal", "ApproximateEqual"})
CHOOSING = frozenset({"ArgMax", "ArgMin"})
COUNTING = frozenset({"HistogramFixedWidth", "Bincount", "DenseBincount"})
SEARCHING = frozenset({"SearchSorted", "LowerBound", "UpperBound", "Bucketize"})
SAMPLING = frozenset({"Multinomial", "StatelessMultinomial", "RandomPoissonV2", "RandomBinomial", "StatelessRandomBinomial"})
GENERAL = "take the operation out of the loss (keep it for metrics), or replace it by a smooth stand-in: `whygrad explain non-differentiable-op`"

METRICS = {  # a word in the name of the user's function -> the loss that belongs to this metric
    "accuracy": "cross-entropy (`tf.keras.losses.SparseCategoricalCrossentropy`)",
    "f1": "cross-entropy, or a soft F1 from the probabilities",
    "fbeta": "cross-entropy, or a soft F-score from the probabilities",
    "precision": "cross-entropy, with class weights if one kind of error is worse",
    "recall": "cross-entropy, with class weights if one kind of error is worse",
    "iou": "a soft IoU or Dice loss from the probabilities, without a threshold",
    "jaccard": "a soft Jaccard loss from the probabilities, without a threshold",
    "dice": "the Dice loss of the probabilities, without a threshold",
    "spearman": "a correlation of soft ranks, or Pearson's correlation",
    "kendall": "a pairwise logistic loss",
    "direction": "a smooth agreement: `tf.tanh(true_move) * tf.tanh(predicted_move)`",
    "hit": "a logistic loss on the score",
    "auc": "a pairwise logistic loss",
}


def advice(op: str, text: str, function: str) -> str:
    """One sentence. `text` is the expression that cuts the path, `function` the user's function around it."""
    instead = _instead(op, text) or _from_catalogue(op) or GENERAL
    metric = next((loss for word, loss in METRICS.items() if word in function.rsplit(".", 1)[-1].lower()), None)
    return f"train with {metric} and keep this as a metric; or {instead}" if metric else instead


def _instead(op: str, text: str) -> str | None:
    left, right = operands(text)
    if op in ROUNDING and left:
        whole = " ".join(text.split())
        return f"keep the raw value in the loss; or round only in the forward pass: `{left} + tf.stop_gradient({whole} - {left})`"
    if op in GREATER | LESS and left and right:
        a, b = (left, right) if op in GREATER else (right, left)
        return f"replace it by a soft comparison: `{soft(a, b)}` (the factor says how sharp)"
    if op in EQUAL and left and right:
        return f"replace it by a soft agreement: `tf.exp(-tf.square({left} - {right}))`"
    if op in CHOOSING and left:
        return f"use the scores `{left}` themselves (or `tf.nn.softmax` of them) where the index was used"
    return _by_group(op)


def _by_group(op: str) -> str | None:
    if op in COUNTING:
        return "count softly: give every bin a smooth weight, `tf.exp(-((x[:, None] - centres) / width) ** 2)`, and sum over x"
    if op in SEARCHING:
        return "weight the bins softly, `tf.sigmoid(k * (x[:, None] - borders))`, instead of looking one up"
    if op in SAMPLING:
        return "sample with a reparameterisation (Gumbel-softmax), or use `log_prob(sample) * tf.stop_gradient(reward)`"
    return None


def _from_catalogue(op: str) -> str | None:
    """The first replacement that the catalogue has for the op."""
    from whygrad.catalogue.replacements import for_op  # reads its files: only for ops without advice of their own

    title = next((r.title for r in for_op(op)), None)
    return title and f"{title[0].lower()}{title[1:]} (the code: `whygrad ops {op}`)"


def soft(a: str, b: str) -> str:
    """`a > b` as a sigmoid."""
    return f"tf.sigmoid(10.0 * {a})" if b in ("0", "0.0") and a.isidentifier() else f"tf.sigmoid(10.0 * ({a} - {_bracketed(b)}))"


def _bracketed(text: str) -> str:
    try:
        simple = isinstance(ast.parse(text, mode="eval").body, (ast.Name, ast.Constant, ast.Attribute, ast.Call, ast.Subscript))
    except SyntaxError:
        simple = False
    return text if simple else f"({text})"


def operands(text: str) -> tuple[str, str]:
    """The first two operands of a call or comparison, as written; empty where there is none."""
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return "", ""
    if isinstance(node, ast.Compare) and len(node.comparators) == 1:
        return ast.unparse(node.left), ast.unparse(node.comparators[0])
    if isinstance(node, ast.BinOp):
        return ast.unparse(node.left), ast.unparse(node.right)
    if isinstance(node, ast.Call) and node.args and not isinstance(node.args[0], ast.Starred):
        return ast.unparse(node.args[0]), ast.unparse(node.args[1]) if len(node.args) > 1 else ""
    return "", ""
