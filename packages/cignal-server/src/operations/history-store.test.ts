import { describeHistoryStore } from "../../test/history-store.contract.js";
import { MemoryHistoryStore } from "./history-store.js";

describeHistoryStore("MemoryHistoryStore", (limits) => new MemoryHistoryStore(limits));
