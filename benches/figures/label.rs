//! Drawing a label, gates and reading back of its code included: what stands between a click and a printer.

use crate::table::Table;
use label_templates::{BoxLabel, Fonts, ItemLabel, Label, SlotLabel, Templates, draw_label};
use std::time::Instant;

const DRAWN: usize = 60;

pub fn measure(table: &mut Table) {
    let (fonts, templates) = (Fonts::load(None).unwrap(), Templates::embedded());
    for (what, label) in [
        ("label item-60x40", Label::Item(ItemLabel::sample())),
        ("label slot-40x30", Label::Slot(SlotLabel::sample())),
        ("label box-100x70", Label::Box(BoxLabel::sample())),
    ] {
        let draw = || drop(draw_label(&fonts, &templates, &label, 203).unwrap());
        let start = Instant::now();
        draw();
        let first = start.elapsed();
        let mut times: Vec<_> = (0..DRAWN)
            .map(|_| {
                let start = Instant::now();
                draw();
                start.elapsed()
            })
            .collect();
        let how = format!("203 dpi, warm; the first took {}", crate::table::shown(first));
        table.times(what, &mut times, &how);
    }
}
