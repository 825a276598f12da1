/** One camera's pictures, one after another -> what is wrong with each, not yet weighed in time (pure). */

import type { GreyPicture } from "./greyPicture.ts";
import { featuresOf, type PictureFeatures } from "./pictureFeatures.ts";
import { type Finding, Stillness } from "./stillness.ts";
import { type KeptView, type ViewMatch, ViewMemory } from "./viewMemory.ts";

export type { Finding } from "./stillness.ts";

export const pictureFaults = ["black", "bright", "frozen", "covered", "moved"] as const;
export type PictureFault = (typeof pictureFaults)[number];
export type PictureFindings = Readonly<Record<PictureFault, Finding>>;

type ViewFindings = Pick<PictureFindings, "covered" | "moved">;

/** What was learnt of one camera, as it is kept over a restart. */
export interface Learnt {
  /** Null: not known yet, or to be learnt anew. */
  readonly view: KeptView | null;
  /** The least difference between two pictures in each hour of the last day, newest last. */
  readonly noise: readonly number[];
}

/** A fault begins at the first level and is over at the second; between them nothing changes. */
const black = { p99: 28, mean: 16, p99Over: 36, meanOver: 22 };
const bright = { share: 0.7, shareOver: 0.55 };
/** Nothing is said of the view of a picture darker than this: there is too little of it. */
const dimBelow = 14;
/** A lit picture with fewer edges than this shows nothing, whatever was learnt. */
const bare = { share: 0.006, shareOver: 0.012 };
/** Parts of the view that are lost. Half of the picture behind a lorry is no fault of the camera. */
const lost = { from: 0.65, over: 0.5 };
/** Edges now against those learnt: fewer than this and the view is hidden rather than another. */
const hiddenBelow = 0.35;
/** Parts of the view whose edges are wider than they were. */
const blurred = { from: 0.65, over: 0.4 };

const all = (finding: Finding): PictureFindings => ({
  ...{ black: finding, bright: finding, frozen: finding, covered: finding, moved: finding },
});

export class PictureJudge {
  readonly #view: ViewMemory;
  readonly #stillness: Stillness;
  /** The view is of an earlier life, and no picture has shown it since: its light may have been another. */
  #isUnseen: boolean;

  /** @param learnt in an earlier life; null: nothing. */
  constructor(learnt: Learnt | null) {
    this.#view = new ViewMemory(learnt?.view ?? null);
    this.#isUnseen = learnt !== null && learnt.view !== null;
    this.#stillness = new Stillness(learnt?.noise ?? []);
  }

  get learnt(): Learnt {
    return { view: this.#view.kept, noise: this.#stillness.noise };
  }

  /** Each picture once, in their order. */
  judge(picture: GreyPicture): PictureFindings {
    const features = featuresOf(picture);
    const frozen = this.#stillness.judge(picture);
    const light = { black: blackFinding(features), bright: brightFinding(features) };
    // A picture without light or with too much of it is equal to the next one, and shows no view.
    if (light.black === "bad" || light.bright === "bad") return { ...all("unclear"), ...light };
    const match = this.#view.match(features);
    const view = this.#viewFindings(features, match);
    const isDim = features.mean < dimBelow;
    const shows = view.covered !== "bad" && view.moved !== "bad" && frozen !== "bad" && !isDim;
    if (shows) this.#view.learn(features, match, picture.takenAt.monotonicMs);
    return { ...light, frozen, ...(isDim ? { covered: "unclear", moved: "unclear" } : view) };
  }

  /** The view that comes now is the right one. */
  learnAnew(): void {
    this.#view.forget();
    this.#isUnseen = false;
  }

  #viewFindings(features: PictureFeatures, match: ViewMatch | null): ViewFindings {
    const found = viewFindings(features, match);
    this.#isUnseen &&= found.covered !== "good" || found.moved !== "good";
    // Night hides edges that the day showed: that it got dark slowly was not seen.
    const isHidden = found.covered === "bad" && features.edges.share >= bare.share;
    return this.#isUnseen && isHidden ? { ...found, covered: "unclear" } : found;
  }
}

function blackFinding({ mean, p99 }: PictureFeatures): Finding {
  if (mean <= black.mean && p99 <= black.p99) return "bad";
  return mean >= black.meanOver || p99 >= black.p99Over ? "good" : "unclear";
}

function brightFinding({ whiteShare }: PictureFeatures): Finding {
  if (whiteShare >= bright.share) return "bad";
  return whiteShare <= bright.shareOver ? "good" : "unclear";
}

function viewFindings({ edges }: PictureFeatures, match: ViewMatch | null): ViewFindings {
  if (edges.share < bare.share) return { covered: "bad", moved: "unclear" };
  const isBare = edges.share < bare.shareOver;
  if (match === null) return { covered: isBare ? "unclear" : "good", moved: "unclear" };
  const { lostShare, edgeShare, blurredShare } = match;
  const isLost = lostShare >= lost.from;
  if (isLost && edgeShare < hiddenBelow) return { covered: "bad", moved: "unclear" };
  const isBlurred = blurredShare !== null && blurredShare >= blurred.from;
  if (isBlurred && !isLost) return { covered: "bad", moved: "unclear" };
  const isSharp = !isBare && (blurredShare ?? 0) <= blurred.over;
  return {
    covered: isSharp ? "good" : "unclear",
    moved: isLost ? "bad" : lostShare <= lost.over ? "good" : "unclear",
  };
}
