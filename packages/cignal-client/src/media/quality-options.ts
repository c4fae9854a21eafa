/** How sound is sent. */
export interface AudioQuality {
  /** Codecs by name, the best first: `"opus"`, `"red"` (opus with redundancy), `"G722"`, `"PCMU"`, `"PCMA"`. */
  codecs?: readonly string[] | undefined;
  /** In bits a second. Default: the browser's, some 32,000 for opus. */
  maxBitrate?: number | undefined;
}

/** How pictures are sent. */
export interface VideoQuality {
  /** Codecs by name, the best first: `"VP8"`, `"VP9"`, `"H264"`, `"AV1"`, `"H265"`. Default: the browser's order. */
  codecs?: readonly string[] | undefined;
  /** In bits a second. Default: the browser's, by the size of the picture. */
  maxBitrate?: number | undefined;
  /** In pictures a second. Default: none. */
  maxFramerate?: number | undefined;
  /** What is kept when not all can be sent. Default: the browser's, `"balanced"`. */
  degradationPreference?: RTCDegradationPreference | undefined;
}

/** How each kind is sent. What is left out is the browser's to choose. */
export interface Quality {
  audio?: AudioQuality | undefined;
  video?: VideoQuality | undefined;
  /** The shared screen. */
  screen?: VideoQuality | undefined;
}

/** How each kind is sent to one peer: within what the app wants, as much as there is for this one. */
export interface SentQuality extends Quality {
  video?: SentVideo | undefined;
  screen?: SentVideo | undefined;
}

interface SentVideo extends VideoQuality {
  /** By how much the picture is made smaller in width and height: 1 or more. */
  scaleResolutionDownBy?: number | undefined;
  /** `false`: nothing for now. */
  active?: boolean | undefined;
}

const AUDIO_CODECS = ["opus", "red", "G722", "PCMU", "PCMA"];
const VIDEO_CODECS = ["VP8", "VP9", "H264", "AV1", "H265"];
const PREFERENCES = [
  "balanced",
  "maintain-framerate",
  "maintain-resolution",
  "maintain-framerate-and-resolution",
];

const KINDS = ["audio", "video", "screen"] as const;
const FIELDS = ["codecs", "maxBitrate", "maxFramerate", "degradationPreference"];

/** Throws a `TypeError` that names what is wrong. */
export function checkQuality(quality: Quality): Quality {
  checkNames(quality, KINDS, "");
  for (const kind of KINDS) {
    checkNames(quality[kind] ?? {}, FIELDS, `${kind}.`);
    const { codecs = [], ...rest }: VideoQuality = quality[kind] ?? {};
    const known = kind === "audio" ? AUDIO_CODECS : VIDEO_CODECS;
    const names = known.map((name) => name.toLowerCase());
    if (!codecs.every((name) => names.includes(String(name).toLowerCase()))) {
      fail(`${kind}.codecs`, `a list of ${known.join(", ")}`);
    }
    for (const limit of ["maxBitrate", "maxFramerate"] as const) {
      const value = rest[limit] ?? 1;
      if (!(Number.isFinite(value) && value > 0)) fail(`${kind}.${limit}`, "a number above 0");
    }
    const { degradationPreference = "balanced" } = rest;
    if (!PREFERENCES.includes(degradationPreference)) {
      fail(`${kind}.degradationPreference`, `one of ${PREFERENCES.join(", ")}`);
    }
  }
  return quality;
}

function checkNames(value: object, known: readonly string[], path: string): void {
  const unknown = Object.keys(Object(value)).find((name) => !known.includes(name));
  if (unknown) fail(`${path}${unknown}`, `one of ${known.join(", ")}`);
}

function fail(field: string, expected: string): never {
  throw new TypeError(`quality.${field}: expected ${expected}`);
}
