// Everything the pages do beyond links and forms. Each module is one behaviour; pages work without any of them.
import "htmx.org";
import { Controller, register, start } from "./registry.js";
import { announce, t } from "./words.js";
import { showToast } from "./controllers/toasts.js";
import { Toasts } from "./controllers/toasts.js";
import { Theme } from "./controllers/theme.js";
import { Fold, Menu } from "./controllers/menu.js";
import { Arrange } from "./controllers/arrange.js";
import { Card } from "./controllers/card.js";
import { Bell } from "./controllers/bell.js";
import { Job } from "./controllers/job.js";
import { Popover } from "./controllers/popover.js";
import { Palette } from "./controllers/palette.js";
import { Board } from "./controllers/board.js";
import { Calendar } from "./controllers/calendar.js";
import { BulkEdit } from "./controllers/bulk-edit.js";
import { List } from "./controllers/list.js";
import { Columns } from "./controllers/columns.js";
import { Filter } from "./controllers/filter.js";
import { Conditions } from "./controllers/conditions.js";
import { FileInput } from "./controllers/file.js";
import { Derive } from "./controllers/derive.js";
import { Form } from "./controllers/form.js";
import { Lines } from "./controllers/lines.js";
import { Lookup } from "./controllers/lookup.js";
import { Duplicates } from "./controllers/duplicates.js";
import { Merge } from "./controllers/merge.js";
import { Composer, listenForSignOut, Offers } from "./controllers/composer.js";
import { Inline } from "./controllers/inline.js";
import { Colour, Copy, Detail, Fill, Grants, Moment, Tabs } from "./controllers/small.js";
import { listenForDialogs } from "./dialogs.js";
import { listenForKeys } from "./keyboard.js";
import { listenForHtmx } from "./requests.js";

const controllers = {
  toasts: Toasts, theme: Theme, fold: Fold, menu: Menu, popover: Popover, palette: Palette, list: List, board: Board, calendar: Calendar, filter: Filter, conditions: Conditions, columns: Columns,
  form: Form, derive: Derive, lines: Lines, lookup: Lookup, inline: Inline, colour: Colour, composer: Composer, offers: Offers, copy: Copy, file: FileInput, fill: Fill, tabs: Tabs, grants: Grants, detail: Detail, moment: Moment, bell: Bell, job: Job, card: Card, arrange: Arrange, merge: Merge, "bulk-edit": BulkEdit, duplicates: Duplicates,
};
for (const [name, kind] of Object.entries(controllers)) register(name, kind);

window.ninekcrm = { Controller, register, announce, showToast, t };
document.documentElement.dataset.js = "";
listenForDialogs();
listenForKeys();
listenForHtmx();
listenForSignOut();
start();
