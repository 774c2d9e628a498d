//! What a device's own words say about what it is: the IEEE 1284 id of a printer, the product name on USB. A hint is used
//! where a question is not answered, or may not be asked.

use hufu_protocol::Language;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hint {
    Scanner,
    Printer(Language),
    Scale,
}

/// Words in names, in lower case, most telling first: a "Zebra scanner" is a scanner.
const NAMES: &[(&str, Hint)] = &[
    ("scanner", Hint::Scanner),
    ("barcode", Hint::Scanner),
    ("bar code", Hint::Scanner),
    ("symbol", Hint::Scanner),
    ("honeywell", Hint::Scanner),
    ("metrologic", Hint::Scanner),
    ("hand held products", Hint::Scanner),
    ("datalogic", Hint::Scanner),
    ("newland", Hint::Scanner),
    ("zd4", Hint::Printer(Language::Zpl)),
    ("ztc", Hint::Printer(Language::Zpl)),
    ("zpl", Hint::Printer(Language::Zpl)),
    ("tsc", Hint::Printer(Language::Tspl)),
    ("gprinter", Hint::Printer(Language::Tspl)),
    ("xprinter", Hint::Printer(Language::Tspl)),
    ("hprt", Hint::Printer(Language::Tspl)),
    ("label printer", Hint::Printer(Language::Tspl)),
    ("tm-t", Hint::Printer(Language::Escpos)),
    ("receipt", Hint::Printer(Language::Escpos)),
    ("mettler", Hint::Scale),
    ("sartorius", Hint::Scale),
    ("ohaus", Hint::Scale),
    ("scale", Hint::Scale),
    ("balance", Hint::Scale),
];

/// Reads names: those the maker gave on USB, and the stable name the system made of them.
pub(super) fn of_names(names: &str) -> Option<Hint> {
    let names = names.to_lowercase().replace('_', " ");
    NAMES.iter().find(|(word, _)| names.contains(word)).map(|(_, hint)| *hint)
}

/// `CMD:` or `COMMAND SET:` of an IEEE 1284 device id: the languages a printer speaks, in its own order.
pub(super) fn of_printer_id(id: &str) -> Option<Language> {
    let fields = id.split(';').filter_map(|field| field.split_once(':'));
    let (_, commands) = fields.into_iter().find(|(name, _)| matches!(name.trim(), "CMD" | "COMMAND SET"))?;
    commands.to_uppercase().split(',').find_map(|command| match command.trim() {
        "ZPL" | "ZPL II" | "ZPLII" | "ZPL2" => Some(Language::Zpl),
        "TSPL" | "TSPL2" | "TSPL-EZ" => Some(Language::Tspl),
        "ESC/POS" | "ESCPOS" | "EPSON" | "ESC" => Some(Language::Escpos),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_devices_give_them() {
        let table = [
            ("usb-Symbol_Technologies__Inc__2008_Symbol_Bar_Code_Scanner-if00", Some(Hint::Scanner)),
            ("Honeywell Imaging & Mobility 1900", Some(Hint::Scanner)),
            ("usb-Zebra_Technologies_ZTC_ZD421-203dpi_ZPL_D2J-if00", Some(Hint::Printer(Language::Zpl))),
            ("Gprinter GP-1324D", Some(Hint::Printer(Language::Tspl))),
            ("EPSON TM-T88V", Some(Hint::Printer(Language::Escpos))),
            ("usb-Mettler_Toledo_ICS-if00", Some(Hint::Scale)),
            ("usb-1a86_USB_Serial-if00-port0", None),
            ("Logitech USB Keyboard", None),
        ];
        for (name, hint) in table {
            assert_eq!(of_names(name), hint, "{name}");
        }
    }

    #[test]
    fn a_printer_says_what_it_understands() {
        let table = [
            ("MFG:Zebra Technologies ;CMD:ZPL;MDL:ZTC ZD421-203dpi ZPL;CLS:PRINTER;", Some(Language::Zpl)),
            ("MFG:TSC;MDL:TTP-244 Pro;CMD:TSPL2,EPL;CLS:PRINTER;", Some(Language::Tspl)),
            ("MANUFACTURER:EPSON;COMMAND SET:ESC/POS;MODEL:TM-T88V;", Some(Language::Escpos)),
            ("MFG:HP;CMD:PCL,PJL;", None),
            ("", None),
        ];
        for (id, language) in table {
            assert_eq!(of_printer_id(id), language, "{id}");
        }
    }
}
