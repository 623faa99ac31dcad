#!/bin/sh
# Trains and converts the shipped model again: models/make.sh BIN DIR, where BIN is the bin folder of an environment with
# ghostnote[converter], and DIR the Groove MIDI Dataset unpacked (the folder that holds info.csv).
# A quarter of an hour on two cores.
set -eu

[ $# -eq 2 ] && [ -f "$2/info.csv" ] || {
	echo "models/make.sh BIN DIR: DIR must be the Groove MIDI Dataset, the folder with info.csv (got '${2-}')." >&2
	echo "It is at magenta.tensorflow.org/datasets/groove (groove-v1.0.0-midionly.zip, 3 MB)." >&2
	exit 2
}
bin=$1 data=$2
here=$(dirname "$0")

"$bin/ghostnote-converter" train "$data" -o "$here/drum_kit_rnn.mag" --curve "$here/drum_kit_rnn.svg" \
	--layers 384,384 --steps 3200 --seed 1 --dropout 0.5 --exchanged 0.5 --weight-decay 0.1 \
	--description "drums_rnn drum_kit, two LSTM layers of 384, trained by Ghostnote on the Groove MIDI Dataset"

"$bin/ghostnote-converter" convert "$here/drum_kit_rnn.mag" -o "$here" --name drum_kit_rnn --quantize int8 \
	--licence "CC BY 4.0" \
	--credit "Trained on the Groove MIDI Dataset v1.0.0 (Google, CC BY 4.0): Jon Gillick, Adam Roberts, Jesse Engel, \
Douglas Eck, David Bamman: Learning to Groove with Inverse Sequence Transformations, ICML 2019" \
	--data "$data" --split validation
