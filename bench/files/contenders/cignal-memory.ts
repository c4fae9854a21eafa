import { serve } from "../page.js";
import { cignal } from "./cignal.js";

serve(cignal("memory"));
