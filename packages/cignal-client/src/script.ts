import { getUrlParam } from "./browser/get-url-param.js";
import { Cignal } from "./cignal.js";
import { CignalError } from "./errors.js";
import { listDevices } from "./list-devices.js";

/** For pages without a bundler: `<script src="cignal.min.js">` defines `Cignal`, with the rest on it. */
Object.assign(globalThis, {
  Cignal: Object.assign(Cignal, { CignalError, getUrlParam, listDevices }),
});
