"""Three vintages of names come to one."""

import pytest

from converter.variable_names import belongs_to_training, modern_name

CELL = "rnn/multi_rnn_cell/cell_1/basic_lstm_cell"
STACK = "rnn/attention_cell_wrapper"


@pytest.mark.parametrize(
    ("old", "modern"),
    [
        ("RNN/MultiRNNCell/Cell1/BasicLSTMCell/Linear/Matrix", f"{CELL}/kernel"),
        ("RNN/MultiRNNCell/Cell1/BasicLSTMCell/Linear/Bias", f"{CELL}/bias"),
        ("rnn/multi_rnn_cell/cell_1/basic_lstm_cell/weights", f"{CELL}/kernel"),
        ("rnn/multi_rnn_cell/cell_1/basic_lstm_cell/biases:0", f"{CELL}/bias"),
        ("rnn_model/RNN/MultiRNNCell/Cell1/BasicLSTMCell/W_0", f"{CELL}/kernel"),
        ("rnn_model/RNN/MultiRNNCell/Cell1/BasicLSTMCell/B", f"{CELL}/bias"),
        ("RNN/AttentionCellWrapper/Linear/Matrix", f"{STACK}/kernel"),
        ("RNN/AttentionCellWrapper/Attention/AttnW", f"{STACK}/attention/attn_w"),
        ("RNN/AttentionCellWrapper/Attention/AttnV", f"{STACK}/attention/attn_v"),
        ("RNN/AttentionCellWrapper/Attention/Linear/Bias", f"{STACK}/attention/bias"),
        ("RNN/AttentionCellWrapper/AttnOutputProjection/Linear/Matrix", f"{STACK}/attn_output_projection/kernel"),
        ("rnn/attention_cell_wrapper/attention_output_projection/kernel", f"{STACK}/attn_output_projection/kernel"),
        (
            "RNN/AttentionCellWrapper/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Matrix",
            f"{STACK}/multi_rnn_cell/cell_0/basic_lstm_cell/kernel",
        ),
        ("fully_connected/weights", "fully_connected/weights"),
        ("fully_connected/biases", "fully_connected/biases"),
    ],
)
def test_an_old_name_becomes_the_modern_one_and_stays_it(old: str, modern: str) -> None:
    assert modern_name(old) == modern
    assert modern_name(modern) == modern


@pytest.mark.parametrize(
    ("name", "training"),
    [
        (f"{CELL}/kernel/Adam", True),
        (f"{CELL}/kernel/Adam_1", True),
        ("beta1_power", True),
        ("beta2_power", True),
        ("global_step", True),
        (f"{CELL}/kernel", False),
        ("adam/kernel", False),
        ("fully_connected/weights", False),
    ],
)
def test_only_what_training_adds_is_dropped(name: str, training: bool) -> None:
    assert belongs_to_training(name) == training
