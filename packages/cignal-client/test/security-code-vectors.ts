/** The test vectors of PROTOCOL.md, section A; made with Python's hashlib, not with our code. */

interface Vector {
  /** What follows `a=fingerprint:` in each side's description. */
  sides: [string[], string[]];
  connection: string;
  emoji: string[];
  names: string[];
  number: string;
}

const a =
  "sha-256 4E:11:95:DF:02:0D:E5:9E:0D:65:A3:3A:42:79:F1:18:3E:7A:E4:E5:D9:80:E3:09:F8:B5:5A:DF:F2:E6:1C:3E";
const b =
  "sha-256 C0:2C:0B:96:5E:02:3A:BE:E8:08:F2:B5:48:D8:D5:19:3A:8B:52:29:BE:6F:31:21:A6:F1:6E:2D:41:A4:49:B3";
const m =
  "sha-256 E4:22:3E:D2:0D:7E:A5:74:0A:32:6E:2B:26:8C:A6:DB:91:D0:41:CF:51:94:F5:77:E3:93:A8:BA:3B:85:D8:E9";
const c = [
  "sha-256 12:2C:59:70:83:BD:43:8B:7F:6D:72:AF:75:D0:25:94:88:99:64:77:11:B8:06:BD:D2:CD:82:FA:69:71:3D:B3",
  "sha-1 12:2C:59:70:83:BD:43:8B:7F:6D:72:AF:75:D0:25:94:88:99:64:77",
];

export const vectors: Vector[] = [
  {
    sides: [[a], [b]],
    connection: "AAECAwQFBgcICQoLDA0ODw",
    emoji: ["🐶", "🌙", "🔒", "🔧"],
    names: ["Dog", "Moon", "Lock", "Spanner"],
    number: "2904",
  },
  {
    sides: [[m], [b]],
    connection: "AAECAwQFBgcICQoLDA0ODw",
    emoji: ["🐰", "🌙", "🎁", "🌵"],
    names: ["Rabbit", "Moon", "Gift", "Cactus"],
    number: "5668",
  },
  {
    sides: [[a], c],
    connection: "connection-2",
    emoji: ["🍓", "👍", "✏️", "❤️"],
    names: ["Strawberry", "Thumb", "Pencil", "Heart"],
    number: "1951",
  },
];
