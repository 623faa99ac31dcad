// Drum pads and knobs that hang on this computer instead of the box, where the browser has Web MIDI.

const LEFT_OUT = new Set([0xf8, 0xfe]); // clock and active sensing: hundreds a second, and the box would follow neither
const LONGEST = 3; // bytes

export const hasWebMidi = () => typeof navigator.requestMIDIAccess === "function";

/** The velocity and key of a note-on, or null for any other message. */
export const noteOn = ([status, key, velocity]) => ((status & 0xf0) === 0x90 && velocity > 0 ? { key, velocity } : null);

/**
 * Hear every MIDI input from now on: `heard(bytes)` has each message, `ports(names)` is told which inputs there are, at
 * once and whenever one comes or goes. Rejects where the person or the browser refuses.
 */
export async function hearWebMidi(heard, ports) {
  const access = await navigator.requestMIDIAccess();
  const listen = () => {
    const inputs = [...access.inputs.values()].filter((input) => input.state === "connected");
    for (const input of inputs) {
      input.onmidimessage = ({ data }) => {
        if (data.length <= LONGEST && !LEFT_OUT.has(data[0])) heard([...data]);
      };
    }
    ports(inputs.map((input) => input.name));
  };
  access.onstatechange = listen;
  listen();
}
