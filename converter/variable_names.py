"""Magenta's variable names of three vintages, brought to the newest.

A: 2016, TensorFlow 0.x (`RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Matrix`). B: early 2017, TensorFlow 1.0 and 1.1
(`.../basic_lstm_cell/weights`). C: since 2017-05-24, TensorFlow 1.2 (`.../basic_lstm_cell/kernel`). In A and B the
attention wraps the whole stack of layers, in C layer 0 alone; where its scope stands in the name tells which.
"""

import re

# What tf.compat.v1 optimizers add beside each variable, and the counters of the training loop.
# Of Piano Genie only the decoder plays: its encoder made the buttons that it was trained on.
_TRAINING = re.compile(
    r"(^|/)(adam(_1)?|adagrad|momentum|rmsprop(_1)?|beta[12]_power|global_step)$|^phero_model/(encoder|stp_emb)/",
    re.IGNORECASE,
)
_SPELLINGS = (
    (re.compile(r"multirnncell"), "multi_rnn_cell"),
    (re.compile(r"basiclstmcell"), "basic_lstm_cell"),
    (re.compile(r"/lstmcell/"), "/lstm_cell/"),
    (re.compile(r"attentioncellwrapper"), "attention_cell_wrapper"),
    # TensorFlow wrote AttnOutputProjection and attn_output_projection, magenta-js attention_output_projection.
    (re.compile(r"att(entio)?n_?output_?projection"), "attn_output_projection"),
    (re.compile(r"\battn?_?([wv])\b"), r"attn_\1"),
    (re.compile(r"\bcell(\d+)\b"), r"cell_\1"),
    (re.compile(r"/linear(?=/)"), ""),
    (re.compile(r"/(matrix|weights|w_0)$"), "/kernel"),
    (re.compile(r"/(biases|b)$"), "/bias"),
)


def belongs_to_training(name: str) -> bool:
    """Whether the variable is an optimizer's slot or counter, which no generating network has."""
    return _TRAINING.search(name) is not None


def modern_name(name: str) -> str:
    """The vintage C name, without the scope of a whole model (`rnn_model`, `phero_model`, `cudnn_lstm`).

    The head (`fully_connected`) has weights and biases in every vintage, but for RL Tuner's, whose biases are `bias`.
    """
    plain = name.removesuffix(":0").removeprefix("phero_model/")
    parts = plain.lower().split("/")
    if len(parts) > 1 and parts[-2] == "fully_connected":
        return f"fully_connected/{'biases' if parts[-1] == 'bias' else parts[-1]}"
    if "rnn" not in parts:
        return plain
    first = len(parts) - 1 - parts[::-1].index("rnn")
    modern = "/".join(parts[first:])
    for spelling, replacement in _SPELLINGS:
        modern = spelling.sub(replacement, modern)
    return modern
