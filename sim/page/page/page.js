// The page for development and tests: two things that a signer does, each in a section of its own.

import * as approve from "./approve.js";
import * as enrol from "./enrol.js";

approve.start();
enrol.start();
