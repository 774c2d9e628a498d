//! Draws every sample label and writes every sample paper into a folder, to be looked at:
//! `cargo run -p label-templates --example draw -- FOLDER [FONT [TEMPLATE-FOLDER]]`.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use label_templates::{
    BoxLabel, Fonts, InnerLabel, ItemLabel, Label, OuterLabel, SlotLabel, Stock, Templates, draw_label,
    sample_papers, to_png, write_paper,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next().ok_or("name the folder to draw into")?;
    let font = arguments.next();
    std::fs::create_dir_all(&folder)?;
    let mut out = std::io::stdout().lock();

    let start = Instant::now();
    let fonts = Fonts::load(font.as_deref())?;
    writeln!(out, "{:?} loaded in {:.0?}", fonts, start.elapsed())?;
    let templates = match arguments.next() {
        Some(own) => Templates::from_dir(&own)?,
        None => Templates::embedded(),
    };

    let labels = [
        ("item", Label::Item(ItemLabel::sample())),
        ("inner-60x40", Label::Inner(InnerLabel::sample(Stock::Small))),
        ("inner-100x70", Label::Inner(InnerLabel::sample(Stock::Large))),
        ("outer-60x40", Label::Outer(OuterLabel::sample(Stock::Small))),
        ("outer-100x70", Label::Outer(OuterLabel::sample(Stock::Large))),
        ("slot", Label::Slot(SlotLabel::sample())),
        ("box", Label::Box(BoxLabel::sample())),
    ];
    for (name, label) in labels {
        for dpi in [203, 300] {
            let start = Instant::now();
            let raster = draw_label(&fonts, &templates, &label, dpi)?;
            writeln!(out, "{name} at {dpi} dpi in {:.1?}", start.elapsed())?;
            std::fs::write(folder.join(format!("{name}-{dpi}.png")), to_png(&raster)?)?;
        }
    }
    for paper in sample_papers()? {
        let name = paper.template().trim_end_matches(".typ");
        let start = Instant::now();
        let file = write_paper(&fonts, &templates, &paper, "http://hufu.example/check/")?;
        writeln!(out, "{name}: {} bytes in {:.0?}", file.len(), start.elapsed())?;
        std::fs::write(folder.join(format!("{name}.pdf")), file)?;
    }
    Ok(())
}
