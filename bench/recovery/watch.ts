import { watchMedia } from "e2e/network/media-gap";

/** Runs in a page before its library. */
watchMedia();
