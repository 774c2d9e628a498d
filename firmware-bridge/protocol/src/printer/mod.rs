//! Printers: a 1-bit picture becomes the bytes of the printer's own language, and the printer's answers become values.

pub mod escpos;
pub mod tspl;
pub mod zpl;

use hufu_wire::Raster;

/// What a printer understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// ZPL II: Zebra and most label printers that imitate them.
    Zpl,
    /// TSPL/TSPL2: TSC and most Chinese label printers.
    Tspl,
    /// ESC/POS: receipt printers.
    Escpos,
}

/// The bytes that print this picture once, at its own size, and nothing else.
pub fn encode(language: Language, raster: &Raster) -> Vec<u8> {
    match language {
        Language::Zpl => zpl::encode(raster),
        Language::Tspl => tspl::encode(raster, tspl::Polarity::ZeroIsBlack),
        Language::Escpos => escpos::encode(raster),
    }
}

/// The side length in tenths of a millimetre, rounded to the nearest.
fn tenths_mm(dots: u32, dpi: u32) -> u32 {
    let dpi = u64::from(dpi.max(1));
    u32::try_from((u64::from(dots) * 254 * 2 + dpi) / (dpi * 2)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::tenths_mm;

    #[test]
    fn dots_become_millimetres() {
        for (dots, dpi, tenths) in
            [(480, 203, 601), (320, 203, 400), (709, 300, 600), (472, 300, 400), (1, 203, 1)]
        {
            assert_eq!(tenths_mm(dots, dpi), tenths, "{dots} dots at {dpi} dpi");
        }
    }
}
