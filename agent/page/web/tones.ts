/** The tones of the page by Web Audio: one pattern a priority, faster and higher the worse it is. */

import type { Priority } from "../../../config/words/alarms.ts";
import { after } from "./browserClock.ts";

/** `veil`: the page has lost the box. */
export type Tone = Priority | "veil";

interface Pattern {
  /** Pulses one after another, in Hz. */
  readonly pulses: readonly number[];
  readonly pulseMs: number;
  /** From one start to the next. */
  readonly everyMs: number;
}

const patterns: Readonly<Record<`${Tone}`, Pattern>> = {
  "1": { pulses: [988, 784, 988, 784, 988], pulseMs: 140, everyMs: 1_600 },
  "2": { pulses: [784, 784, 784], pulseMs: 180, everyMs: 3_000 },
  "3": { pulses: [659, 659], pulseMs: 200, everyMs: 6_000 },
  "4": { pulses: [523], pulseMs: 260, everyMs: 15_000 },
  veil: { pulses: [392, 294], pulseMs: 400, everyMs: 10_000 },
};
const testPulses: readonly number[] = [523, 659, 784];
const gapMs = 60;
const loudness = 0.28;
const edgeS = 0.012;

export class TonePlayer {
  #context: AudioContext | null = null;
  #tone: Tone | null = null;
  /** By the audio's own clock, seconds. */
  #nextAt: number = 0;
  #blocked: () => void = () => {};

  /** Called when the browser or the machine takes the sound away. */
  onBlocked(call: () => void): void {
    this.#blocked = call;
  }

  /** False: the browser does not let the page sound, perhaps until a click. */
  async open(): Promise<boolean> {
    if (this.#context === null) {
      const context = new AudioContext();
      context.onstatechange = () => {
        if (context.state !== "running") this.#blocked();
      };
      this.#context = context;
    }
    const context = this.#context;
    if (context.state !== "running") {
      // A blocked context never answers, so nobody waits for it longer than for a moment.
      await Promise.race([context.resume().catch(() => {}), soon()]);
    }
    return context.state === "running";
  }

  test(): void {
    this.#sound(testPulses, 220, this.#context?.currentTime ?? 0);
  }

  /** From now on this tone, again and again; null: none. */
  play(tone: Tone | null): void {
    if (tone === this.#tone) return;
    this.#tone = tone;
    this.#nextAt = this.#context?.currentTime ?? 0;
    this.keep();
  }

  /** Plans what is due within the next second and a half; called each second. */
  keep(): void {
    const context = this.#context;
    if (context === null || this.#tone === null || context.state !== "running") return;
    const pattern = patterns[`${this.#tone}`];
    this.#nextAt = Math.max(this.#nextAt, context.currentTime);
    while (this.#nextAt < context.currentTime + 1.5) {
      this.#sound(pattern.pulses, pattern.pulseMs, this.#nextAt);
      this.#nextAt += pattern.everyMs / 1_000;
    }
  }

  #sound(pulses: readonly number[], pulseMs: number, fromS: number): void {
    const context = this.#context;
    if (context === null) return;
    pulses.forEach((hertz, index) => {
      const start = fromS + (index * (pulseMs + gapMs)) / 1_000;
      const end = start + pulseMs / 1_000;
      const source = context.createOscillator();
      const gain = context.createGain();
      source.type = "triangle";
      source.frequency.value = hertz;
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(loudness, start + edgeS);
      gain.gain.setValueAtTime(loudness, end - edgeS);
      gain.gain.linearRampToValueAtTime(0, end);
      source.connect(gain).connect(context.destination);
      source.start(start);
      source.stop(end);
    });
  }
}

function soon(): Promise<void> {
  return new Promise((resolve) => {
    after(400, resolve);
  });
}
