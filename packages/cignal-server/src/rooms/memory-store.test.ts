import { describeRoomStore } from "../../test/room-store.contract.js";
import { MemoryStore } from "./memory-store.js";

describeRoomStore("MemoryStore", () => new MemoryStore());
