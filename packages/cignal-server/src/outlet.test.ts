import { id, ProtocolError, parse } from "@cignal/protocol";
import fc from "fast-check";
import { expect, it } from "vitest";
import { address } from "./outlet.js";

const anId = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 6 })
  .filter((text) => !(parse(id, text) instanceof ProtocolError));

it("S2: no two members have one address", () => {
  fc.assert(
    fc.property(anId, anId, anId, anId, (roomA, peerA, roomB, peerB) => {
      fc.pre(roomA !== roomB || peerA !== peerB);
      expect(address(roomA, peerA)).not.toBe(address(roomB, peerB));
    }),
  );
});
