//! The labels: what is on each, and how one becomes the picture that is printed.
//!
//! A label is read by parking staff and laboratories too, so none has a field for a case or a person, but the outer label, which
//! is for categories whose rule asks for what GA/T 966 wants on a package. The code says only which thing this is; everything
//! else about it is asked of the ledger.

use serde::{Deserialize, Serialize};
use typst::layout::Abs;
use typst::utils::Scalar;

use hufu_wire::Raster;

use crate::code::{Canvas, Matrix, Place, blank_svg, read_back};
use crate::{Error, Fonts, Templates, press};

/// The label of one item, 60 × 40 mm. Empty strings leave their line out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemLabel {
    /// What the code says: item number and check characters, in capitals, digits and `-`.
    pub code: String,
    /// The item number, in large figures.
    pub number: String,
    pub name: String,
    /// One word for the kind of thing: 电子设备.
    pub category: String,
    /// One word of warning, printed white on black: 易燃.
    pub hazard: String,
    /// The number of the seal on its bag.
    pub seal: String,
    /// With its unit: 1 部.
    pub quantity: String,
    /// How many times this label was printed; shown from the second copy on.
    pub copy: u32,
    /// The day it was received: 2026-11-22.
    pub received_on: String,
    /// The centre that keeps it.
    pub centre: String,
}

/// The paper of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stock {
    /// 60 × 40 mm
    #[serde(rename = "60x40")]
    Small,
    /// 100 × 70 mm
    #[serde(rename = "100x70")]
    Large,
}

/// The label of the bag of one item: number, code and name alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InnerLabel {
    pub stock: Stock,
    pub code: String,
    pub number: String,
    pub name: String,
    pub copy: u32,
}

/// The label of the package of one item, with the fields of GA/T 966 (物证的封装要求). Empty strings leave their line out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OuterLabel {
    pub stock: Stock,
    pub code: String,
    pub number: String,
    pub name: String,
    pub hazard: String,
    pub case_number: String,
    pub quantity: String,
    pub seal: String,
    pub packed_on: String,
    /// The person who packed it.
    pub packed_by: String,
    /// The unit that keeps it.
    pub kept_by: String,
    pub copy: u32,
}

/// The label of one slot of a store, 40 × 30 mm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotLabel {
    pub code: String,
    /// The slot's name, as large as it will go: A-03-2.
    pub slot: String,
    pub store: String,
    /// The kind of store: 贵重物品.
    pub kind: String,
}

/// The label of a sealed box, 100 × 70 mm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoxLabel {
    pub code: String,
    pub number: String,
    /// How many items are in it.
    pub contents: u32,
    pub seal: String,
    /// Where it belongs: A 区 常温库.
    pub zone: String,
    /// The day it was sealed.
    pub sealed_on: String,
    pub copy: u32,
    pub centre: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "label", rename_all = "snake_case")]
pub enum Label {
    Item(ItemLabel),
    Inner(InnerLabel),
    Outer(OuterLabel),
    Slot(SlotLabel),
    Box(BoxLabel),
}

impl Label {
    fn template(&self) -> &'static str {
        match self {
            Label::Item(_) => "item-60x40.typ",
            Label::Inner(_) => "inner.typ",
            Label::Outer(_) => "outer.typ",
            Label::Slot(_) => "slot-40x30.typ",
            Label::Box(_) => "box-100x70.typ",
        }
    }

    /// What the code on it says.
    pub fn code(&self) -> &str {
        match self {
            Label::Item(ItemLabel { code, .. })
            | Label::Inner(InnerLabel { code, .. })
            | Label::Outer(OuterLabel { code, .. })
            | Label::Slot(SlotLabel { code, .. })
            | Label::Box(BoxLabel { code, .. }) => code,
        }
    }
}

/// Draws a label as the printer will burn it, at 203 or 300 dots per inch.
///
/// Three gates stand before the picture is handed out: it is exactly one page, every character has a glyph, and the code
/// read back from the finished dots is the code that was asked for. What fails a gate is refused, never printed.
pub fn draw_label(fonts: &Fonts, templates: &Templates, label: &Label, dpi: u32) -> Result<Raster, Error> {
    if !(150..=1200).contains(&dpi) {
        return Err(Error::Resolution { dpi });
    }
    let template = label.template();
    let document = press::set(fonts, templates, template, label, blank_svg(), &[])?;
    let [page] = document.pages() else {
        return Err(Error::Overflow { template, pages: document.pages().len() });
    };
    let (at, size) = press::code_place(&page.frame).ok_or(Error::CodeAbsent { template })?;
    let pixel_per_pt = dots_per_point(dpi);
    let mut canvas = burn(page, pixel_per_pt);
    let dots = |length: Abs| length.to_pt() * pixel_per_pt;
    let (x, y) = (whole(dots(at.x).ceil()), whole(dots(at.y).ceil()));
    let right = whole(dots(at.x + size.x).floor());
    let place = Place { x, y, side: right.saturating_sub(x) };
    let code = Matrix::of_label(label.code(), place.side / easy_module(dpi))?;
    code.draw(&mut canvas, place, template)?;
    let raster = canvas.pack(dpi)?;
    read_back(&raster, label.code())?;
    Ok(raster)
}

/// "203 dpi" print heads have 8 dots to the millimetre, which is 203.2.
fn dots_per_point(dpi: u32) -> f64 {
    let per_inch = if dpi == 203 { 203.2 } else { f64::from(dpi) };
    per_inch / 72.0
}

/// Half a millimetre in dots: every reader at a counter takes a module of this size in from an arm's length.
fn easy_module(dpi: u32) -> u32 {
    (dpi * 10 + 254) / 508
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates; a label has few dots"
)]
fn whole(dots: f64) -> u32 {
    dots as u32
}

/// Renders the page and decides for every dot. A grey edge is burnt from 45 % on: thermal paper loses thin strokes first.
fn burn(page: &typst_layout::Page, pixel_per_pt: f64) -> Canvas {
    let options =
        typst_render::RenderOptions { pixel_per_pt: Scalar::new(pixel_per_pt), render_bleed: false };
    let picture = typst_render::render(page, &options);
    // The page is filled with white, so every pixel is opaque, and colours do not matter to a black-and-white printer.
    let black = picture.pixels().iter().map(|pixel| {
        let light = u32::from(pixel.red()) * 3 + u32::from(pixel.green()) * 6 + u32::from(pixel.blue());
        light < 255 * 10 * 55 / 100
    });
    Canvas { width: picture.width(), height: picture.height(), black: black.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fonts::tests::{every_row, smallest_row};
    use std::collections::BTreeSet;

    fn samples() -> [Label; 7] {
        crate::sample_labels().map(|(_, label)| label)
    }

    #[test]
    fn every_template_of_a_label_has_a_sample() {
        let shown: BTreeSet<&str> = samples().iter().map(Label::template).collect();
        let imported = ["label.typ", "paper.typ"];
        let labels = crate::templates::FILES
            .iter()
            .filter(|(name, text)| !imported.contains(name) && !text.contains("#import \"paper.typ\""));
        assert_eq!(shown, labels.map(|(name, _)| *name).collect());
    }

    fn draw(label: &Label) -> Result<Raster, Error> {
        draw_label(&smallest_row(), &Templates::embedded(), label, 203)
    }

    fn named(name: &str) -> Label {
        Label::Item(ItemLabel { name: name.to_owned(), ..ItemLabel::sample() })
    }

    #[test]
    fn every_sample_passes_the_gates_at_the_size_of_its_stock() {
        let of =
            |small: (u32, u32), slot, large: (u32, u32)| [small, slot, large, small, large, small, large];
        let sizes =
            [of((480, 320), (320, 240), (800, 560)), of((709, 472), (472, 354), (1181, 827))].concat();
        let jobs = [203, 300].into_iter().flat_map(|dpi| samples().map(|label| (label, dpi)));
        for ((label, dpi), size) in jobs.zip(sizes) {
            for fonts in every_row() {
                let raster = draw_label(&fonts, &Templates::embedded(), &label, dpi).unwrap();
                assert_eq!((raster.width_dots(), raster.height_dots(), raster.dpi()), (size.0, size.1, dpi));
            }
        }
    }

    #[test]
    fn words_of_any_length_stay_on_one_label() {
        let long = |start: &str| start.chars().cycle().take(300).collect::<String>();
        for words in ["黑色智能手机（屏幕破损）、", "SN8601230456", "a b  ", "国\n"].map(long) {
            let [name, category, hazard] = [words.clone(), words.clone(), words.clone()];
            let [seal, quantity, received_on, centre] =
                [words.clone(), words.clone(), words.clone(), words.clone()];
            let item = ItemLabel {
                name,
                category,
                hazard,
                seal,
                quantity,
                received_on,
                centre,
                ..ItemLabel::sample()
            };
            let slot = SlotLabel { store: words.clone(), kind: words.clone(), ..SlotLabel::sample() };
            let [seal, zone, sealed_on, centre] =
                [words.clone(), words.clone(), words.clone(), words.clone()];
            let contents = u32::MAX;
            let sealed =
                BoxLabel { seal, zone, sealed_on, centre, contents, copy: u32::MAX, ..BoxLabel::sample() };
            for (label, fonts) in [Label::Item(item), Label::Slot(slot), Label::Box(sealed)]
                .iter()
                .flat_map(|label| every_row().map(|fonts| (label, fonts)))
            {
                draw_label(&fonts, &Templates::embedded(), label, 203).unwrap();
            }
        }
    }

    /// Typst sets a full-width bracket at the start of a line half a character to the left, towards the code.
    #[test]
    fn a_bracket_at_the_start_of_a_line_stays_off_the_code() {
        for before in 0..=8 {
            let name = format!("{}（灰白色粉末）", "甲".repeat(before));
            for label in samples() {
                let label = match label {
                    Label::Item(it) => Label::Item(ItemLabel { name: name.clone(), ..it }),
                    Label::Inner(it) => Label::Inner(InnerLabel { name: name.clone(), ..it }),
                    Label::Outer(it) => Label::Outer(OuterLabel { name: name.clone(), ..it }),
                    Label::Slot(_) | Label::Box(_) => continue,
                };
                for fonts in every_row() {
                    let drawn = draw_label(&fonts, &Templates::embedded(), &label, 203);
                    assert!(drawn.is_ok(), "{name}: {:?}", drawn.err());
                }
            }
        }
    }

    #[test]
    fn empty_words_leave_an_ordinary_label() {
        let mut empty = ItemLabel { copy: 0, ..ItemLabel::sample() };
        for words in
            [&mut empty.name, &mut empty.category, &mut empty.hazard, &mut empty.seal, &mut empty.centre]
        {
            words.clear();
        }
        draw(&Label::Item(empty)).unwrap();
    }

    #[test]
    fn a_number_is_refused_rather_than_cut_off() {
        let item = ItemLabel { number: "9".repeat(300), ..ItemLabel::sample() };
        let refused = draw(&Label::Item(item)).unwrap_err();
        assert!(
            matches!(&refused, Error::Template { message, .. } if message.contains("过长")),
            "{refused:?}"
        );
    }

    #[test]
    fn a_character_that_no_font_shows_is_refused_by_name() {
        // A private-use character, a rare name character, a control character, and one that Droid has without a width.
        for character in ['\u{E000}', '𬭎', '\u{7}', '䆡'] {
            let refused = draw(&named(&format!("李{character}的手机"))).unwrap_err();
            let Error::MissingGlyph { character: found, .. } = &refused else { panic!("{refused:?}") };
            assert_eq!(*found, character);
            assert!(refused.zh().contains(character), "{}", refused.zh());
        }
        draw(&named("䶮㛃 ℃①✓“…”—·×")).unwrap();
    }

    #[test]
    fn a_code_is_capitals_digits_and_a_few_signs() {
        for code in ["", "hf-1", "HF 1", "财物1", "HF-1\n"] {
            let refused = draw(&Label::Slot(SlotLabel { code: code.to_owned(), ..SlotLabel::sample() }));
            assert!(matches!(refused, Err(Error::Payload { .. })), "{code}: {refused:?}");
        }
        let refused = draw(&Label::Slot(SlotLabel { code: "9".repeat(5_000), ..SlotLabel::sample() }));
        assert!(matches!(refused, Err(Error::PayloadTooLong { .. })), "{refused:?}");
        let refused = draw(&Label::Slot(SlotLabel { code: "A".repeat(900), ..SlotLabel::sample() }));
        assert!(matches!(refused, Err(Error::CodeTooSmall { .. })), "{refused:?}");
        let refused = draw_label(&smallest_row(), &Templates::embedded(), &samples()[0], 72);
        assert!(matches!(refused, Err(Error::Resolution { dpi: 72 })), "{refused:?}");
    }

    #[test]
    fn an_edited_template_that_spoils_a_label_is_caught() {
        let page = "#set page(width: 60mm, height: 40mm, margin: 0mm)\n";
        let code = "#place(image(\"code.svg\", width: 29mm, height: 29mm))\n";
        let draw = |text: String| {
            let templates = Templates::with("slot-40x30.typ", &text);
            draw_label(&smallest_row(), &templates, &Label::Slot(SlotLabel::sample()), 203)
        };
        draw(format!("{page}{code}")).unwrap();
        assert!(matches!(draw(page.to_owned()), Err(Error::CodeAbsent { .. })));
        let over = draw(format!("{page}{code}#place(dx: 28mm, line(length: 9mm))"));
        assert!(matches!(over, Err(Error::CodeCovered { .. })), "{over:?}");
        let outside = draw(format!("{page}#place(dx: 40mm)[{code}]"));
        assert!(matches!(outside, Err(Error::CodeCovered { .. })), "{outside:?}");
        let second = draw(format!("{page}{code}#pagebreak() 二"));
        assert!(matches!(second, Err(Error::Overflow { pages: 2, .. })), "{second:?}");
        let broken = draw(format!("{page}{code}#json(\"data.json\").weight"));
        assert!(
            matches!(&broken, Err(Error::Template { place, .. }) if place == "slot-40x30.typ:3"),
            "{broken:?}"
        );
        let huge = draw(format!("#set page(width: 9000mm, height: 40mm, margin: 0mm)\n{code}"));
        assert!(matches!(huge, Err(Error::TooLarge { .. })), "{huge:?}");
        let disk = draw(format!("{page}{code}#read(\"/etc/hostname\")"));
        assert!(matches!(disk, Err(Error::Template { .. })), "{disk:?}");
    }

    #[test]
    fn the_modules_of_the_code_are_squares_of_whole_dots() {
        for (label, dpi) in samples().into_iter().flat_map(|label| [203, 300].map(|dpi| (label.clone(), dpi)))
        {
            let raster = draw_label(&smallest_row(), &Templates::embedded(), &label, dpi).unwrap();
            // The first row with a dot in the left third starts with the seven black modules of a corner.
            let dots =
                (0..raster.height_dots()).flat_map(|y| (0..raster.width_dots() / 3).map(move |x| (x, y)));
            let (left, top) = dots.into_iter().find(|(x, y)| raster.is_black(*x, *y)).unwrap();
            let run = (left..raster.width_dots()).take_while(|x| raster.is_black(*x, top)).count();
            assert_eq!(run % 7, 0, "{run} dots for seven modules");
            let module = u32::try_from(run / 7).unwrap();
            assert!(module >= easy_module(dpi), "a module of {module} dots is hard to scan");
            let matrix = Matrix::of_label(label.code(), 45).unwrap();
            let side = (matrix.side() + 8) * module;
            let (x0, y0) = (left - 4 * module, top - 4 * module);
            for (x, y) in (0..side).flat_map(|x| (0..side).map(move |y| (x, y))) {
                let inside = (x / module).checked_sub(4).zip((y / module).checked_sub(4));
                let black = inside.is_some_and(|(x, y)| matrix.is_black(x, y));
                assert_eq!(raster.is_black(x0 + x, y0 + y), black, "dot {x},{y} of {}", label.code());
            }
        }
    }

    #[test]
    fn a_negative_and_another_code_are_refused() {
        let label = Label::Item(ItemLabel::sample());
        let raster = draw(&label).unwrap();
        read_back(&raster, label.code()).unwrap();
        let bits = raster.bits().iter().map(|byte| !byte).collect();
        let negative = Raster::new(raster.width_dots(), raster.height_dots(), 203, bits).unwrap();
        let refused = read_back(&negative, label.code()).unwrap_err();
        assert!(matches!(refused, Error::ReadBack { read: None, .. }), "{refused:?}");
        let refused = read_back(&raster, "HF-2026-000124-9Q").unwrap_err();
        assert!(
            matches!(&refused, Error::ReadBack { read: Some(read), .. } if read == label.code()),
            "{refused:?}"
        );
    }

    #[test]
    fn the_same_label_gives_the_same_dots_and_another_copy_does_not() {
        let label = ItemLabel { copy: 1, ..ItemLabel::sample() };
        let second = ItemLabel { copy: 2, ..label.clone() };
        let [once, again, copy] =
            [label.clone(), label, second].map(|label| draw(&Label::Item(label)).unwrap());
        assert_eq!(once, again);
        assert_ne!(once, copy);
    }
}
