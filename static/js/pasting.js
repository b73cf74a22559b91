// A grid without a script of its own that takes what is pasted from a spreadsheet.
import { watchPasting } from "./paste.js";

const form = document.querySelector("form[data-paste]");
if (form) watchPasting(form);
