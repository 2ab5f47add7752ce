// Everything here works without a script; with one it is smoother.
"use strict";
