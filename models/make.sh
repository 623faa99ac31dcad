#!/bin/sh
# Trains and converts the shipped models again: models/make.sh BIN GROOVE [CHORALES [FREEDOOM]], where BIN is the bin folder
# of an environment with ghostnote[converter], GROOVE the Groove MIDI Dataset unpacked (the folder that holds info.csv),
# CHORALES the JS Fake Chorales (the folder that holds midi/ and jsf-extended/), and FREEDOOM the folder musics/ of the
# Freedoom project. Without CHORALES the melodies are left out, without FREEDOOM the trio.
# Some hours on two cores. Each training goes on where it was cut short.
set -eu

[ $# -ge 2 ] && [ -f "$2/info.csv" ] || {
	echo "models/make.sh BIN GROOVE [CHORALES [FREEDOOM]]: GROOVE must be the folder with info.csv (got '${2-}')." >&2
	echo "It is at magenta.tensorflow.org/datasets/groove (groove-v1.0.0-midionly.zip, 3 MB);" >&2
	echo "the chorales are at github.com/omarperacha/js-fakes." >&2
	exit 2
}
bin=$1 groove=$2 chorales=${3-} freedoom=${4-}
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

groove_credit="Trained on the Groove MIDI Dataset v1.0.0 (Google, CC BY 4.0): Jon Gillick, Adam Roberts, Jesse Engel, \
Douglas Eck, David Bamman: Learning to Groove with Inverse Sequence Transformations, ICML 2019"
chorales_credit="Trained on the soprano lines of the JS Fake Chorales (CC BY 4.0): Omar Peracha, JS Fake Chorales: \
a Synthetic Dataset of Polyphonic Music with Human Annotation, 2021"
freedoom_credit="Trained on the music of Freedoom (BSD-3-Clause), whose composers are named in its CREDITS-MUSIC"

"$bin/ghostnote-converter" dataset "$groove" -o "$work/groove.notes" --exchanged 0.5 \
	--licence "CC BY 4.0" --credit "$groove_credit"
"$bin/ghostnote-converter" train drum_kit --data "$work/groove.notes" -o "$here/drum_kit_rnn.mag" --no-convert \
	--layers 384,384 --steps 3200 --seed 1 --dropout 0.5 --weight-decay 0.1 --patience 0 \
	--description "drums_rnn drum_kit, two LSTM layers of 384, trained by Ghostnote on the Groove MIDI Dataset"

"$bin/ghostnote-converter" dataset "$groove" -o "$work/hits.notes" --half-or-double 0.1 \
	--licence "CC BY 4.0" --credit "$groove_credit"
"$bin/ghostnote-converter" train one_drum --data "$work/hits.notes" -o "$here/one_drum_rnn.mag" --no-convert \
	--layers 128,128 --steps 1000 --seed 1 --window 32 --longest 256 --dropout 0.3 --event-dropout 0.05 --patience 0 \
	--description "drums_rnn one_drum, two LSTM layers of 128, trained by Ghostnote on the Groove MIDI Dataset"

for name in drum_kit_rnn one_drum_rnn; do
	"$bin/ghostnote-converter" convert "$here/$name.mag" -o "$here" --name "$name" --quantize int8 \
		--licence "CC BY 4.0" --credit "$groove_credit" --data "$groove" --split validation
done

# The shipped autoencoders were made with KERAS_BACKEND=jax on a graphics card, in minutes; on two cores they take hours.
"$bin/ghostnote-converter" dataset "$groove" -o "$work/exchanged.notes" --exchanged 0.5 \
	--licence "CC BY 4.0" --credit "$groove_credit"
"$bin/ghostnote-converter" dataset "$groove" -o "$work/kit.notes" --licence "CC BY 4.0" --credit "$groove_credit"
small="--z 64 --encoder 128 --decoder 192,192 --batch 64 --validations 20 --patience 0 --seed 1"
played="--loss played --beta 0.05 --free-bits 96"
# shellcheck disable=SC2086 # they are words
"$bin/ghostnote-converter" train-vae groovae_2bar_humanize --data "$work/exchanged.notes" -o "$here/groovae_2bar_humanize" \
	$small $played --steps 11000 --rate 0.004 --keep 0.8 --thinned 0.5 --quantize float16
# shellcheck disable=SC2086
"$bin/ghostnote-converter" train-vae groovae_2bar_tap_fixed_velocity --data "$work/kit.notes" \
	-o "$here/groovae_2bar_tap_fixed_velocity" $small $played --steps 11660 --rate 0.004 --weight-decay 0.02 --quantize int8
# shellcheck disable=SC2086
"$bin/ghostnote-converter" train-vae cat-drums_2bar_small --data "$work/kit.notes" -o "$here/cat-drums_2bar_small" \
	$small --steps 10960 --rate 0.004 --keep 0.8 --quantize int8

if [ -n "$freedoom" ]; then
	"$bin/ghostnote-converter" dataset "$freedoom" -o "$work/trio.notes" --kind trio \
		--licence "BSD-3-Clause" --credit "$freedoom_credit"
	"$bin/ghostnote-converter" train-vae hierdec-trio_16bar --data "$work/trio.notes" -o "$here/hierdec-trio_16bar" \
		--z 64 --encoder 128,128 --conductor 128,128 --decoder 128,128 --batch 64 --steps 2660 --validations 20 \
		--patience 0 --seed 1 --rate 0.002 --keep 0.8 --weight-decay 0.02 --quantize int8
	mkdir -p "$here/trio" # away from the models that the box plays
	mv "$here/hierdec-trio_16bar.tflite" "$here/trio"
fi

[ -n "$chorales" ] || exit 0
"$bin/ghostnote-converter" dataset "$chorales" -o "$work/sopranos.notes" --kind melody --parts highest \
	--licence "CC BY 4.0" --credit "$chorales_credit"
"$bin/ghostnote-converter" train lookback_rnn --data "$work/sopranos.notes" -o "$here/soprano_rnn.mag" \
	--quantize int8 --layers 128,128 --steps 1000 --seed 1 --dropout 0.3 --patience 0 \
	--description "melody_rnn lookback_rnn, two LSTM layers of 128, trained by Ghostnote on the sopranos of the \
JS Fake Chorales"
