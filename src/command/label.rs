//! `hufu label`: the bytes that would go to a printer, on standard output.

use anyhow::{Context, bail};
use hufu_protocol::{Language, encode};
use label_templates::{
    BoxLabel, Fonts, InnerLabel, ItemLabel, Label, OuterLabel, SlotLabel, Stock, Templates, draw_label,
    to_png,
};
use std::{io::Write, path::PathBuf};

/// Draw a sample label: what is shown is what would be printed
#[derive(Clone, Debug, clap::Args)]
pub struct LabelCommand {
    /// Fill the template with sample data
    #[arg(long)]
    sample: bool,
    /// Which label
    #[arg(long, value_enum, default_value = "item-60x40")]
    template: Template,
    /// Dots per inch of the printer: 203 or 300
    #[arg(long, default_value_t = 203)]
    dpi: u32,
    /// A picture, or the language of a printer
    #[arg(long, value_enum, default_value = "png")]
    to: Target,
    /// A folder with templates of your own
    #[arg(long, value_name = "FOLDER")]
    templates: Option<PathBuf>,
    /// The font; the system's Chinese font when absent
    #[arg(long, value_name = "FILE")]
    font: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Template {
    #[value(name = "item-60x40")]
    Item,
    #[value(name = "inner-60x40")]
    InnerSmall,
    #[value(name = "inner-100x70")]
    InnerLarge,
    #[value(name = "outer-60x40")]
    OuterSmall,
    #[value(name = "outer-100x70")]
    OuterLarge,
    #[value(name = "slot-40x30")]
    Slot,
    #[value(name = "box-100x70")]
    Box,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Target {
    Png,
    Zpl,
    Tspl,
    Escpos,
}

pub fn run(command: LabelCommand) -> anyhow::Result<()> {
    let bytes = bytes(&command)?;
    let mut out = std::io::stdout().lock();
    out.write_all(&bytes).and_then(|()| out.flush()).context("标签没有写出 the label could not be written")
}

fn bytes(command: &LabelCommand) -> anyhow::Result<Vec<u8>> {
    if !command.sample {
        bail!("请加 --sample：真正的标签在窗口打印 — add --sample; real labels are printed at a counter");
    }
    let fonts = Fonts::load(command.font.as_deref())?;
    let templates = match &command.templates {
        Some(folder) => Templates::from_dir(folder)?,
        None => Templates::embedded(),
    };
    let label = match command.template {
        Template::Item => Label::Item(ItemLabel::sample()),
        Template::InnerSmall => Label::Inner(InnerLabel::sample(Stock::Small)),
        Template::InnerLarge => Label::Inner(InnerLabel::sample(Stock::Large)),
        Template::OuterSmall => Label::Outer(OuterLabel::sample(Stock::Small)),
        Template::OuterLarge => Label::Outer(OuterLabel::sample(Stock::Large)),
        Template::Slot => Label::Slot(SlotLabel::sample()),
        Template::Box => Label::Box(BoxLabel::sample()),
    };
    let raster = draw_label(&fonts, &templates, &label, command.dpi)?;
    Ok(match command.to {
        Target::Png => to_png(&raster)?,
        Target::Zpl => encode(Language::Zpl, &raster),
        Target::Tspl => encode(Language::Tspl, &raster),
        Target::Escpos => encode(Language::Escpos, &raster),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_begins_as_its_printers_expect() {
        for (to, begins) in [
            (Target::Png, &b"\x89PNG"[..]),
            (Target::Zpl, b"^XA"),
            (Target::Tspl, b"SIZE "),
            (Target::Escpos, b"\x1b@"),
        ] {
            for template in [Template::Item, Template::OuterLarge, Template::Slot, Template::Box] {
                let command =
                    LabelCommand { sample: true, template, dpi: 203, to, templates: None, font: None };
                let bytes = bytes(&command).unwrap();
                assert!(bytes.starts_with(begins), "{to:?}: {:?}", &bytes[..8]);
            }
        }
    }
}
