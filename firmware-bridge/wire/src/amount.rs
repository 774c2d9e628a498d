//! Quantities as people write them: `12.35 克`, `12,000.00 元`, `2 部`. Ledger and station write them alike.

/// The largest quantity: the largest whole number that every JSON reader reads alike (RFC 8785 §3.2.2.3, RFC 7493 §2.2).
pub const QUANTITY_MAX: i64 = 9_007_199_254_740_991;

/// Whether it has the shape of an ISO 4217 code: three capital letters.
pub fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase())
}

/// How many decimals a currency writes (ISO 4217): two, unless it is one of the few.
pub fn decimals(currency: &str) -> u32 {
    match currency {
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "XAF" | "XOF" => 0,
        "KWD" | "BHD" | "OMR" | "JOD" | "TND" | "IQD" | "LYD" => 3,
        _ => 2,
    }
}

/// Single things. `counted_as` is the list's own word.
pub fn pieces(quantity: i64, counted_as: Option<&str>) -> String {
    format!("{} {}", grouped(quantity, 0), counted_as.unwrap_or("件"))
}

/// From a kilogram on in kilograms, where nothing is rounded away.
pub fn milligrams(quantity: i64) -> String {
    match quantity.unsigned_abs() {
        1_000_000.. => format!("{} 千克", trimmed(quantity, 6)),
        _ => format!("{} 克", trimmed(quantity, 3)),
    }
}

pub fn microlitres(quantity: i64) -> String {
    format!("{} 毫升", trimmed(quantity, 3))
}

/// An amount in the smallest unit of a currency.
pub fn money(quantity: i64, currency: &str) -> String {
    let amount = grouped(quantity, decimals(currency));
    match currency {
        "CNY" => format!("{amount} 元"),
        code => format!("{amount} {code}"),
    }
}

/// The same amount with the unit in English; a list's own words (部, 张) stay as they are.
pub fn in_english(text: &str) -> String {
    let Some((figure, unit)) = text.rsplit_once(' ') else { return text.to_owned() };
    let unit = match unit {
        "件" => "pcs",
        "克" => "g",
        "千克" => "kg",
        "毫升" => "ml",
        "元" => "CNY",
        own => own,
    };
    format!("{figure} {unit}")
}

/// `1234500` with two decimals is `12,345.00`.
fn grouped(quantity: i64, decimals: u32) -> String {
    let scale = 10_u64.saturating_pow(decimals);
    let sign = if quantity < 0 { "-" } else { "" };
    let (whole, rest) = (quantity.unsigned_abs() / scale, quantity.unsigned_abs() % scale);
    let digits = whole.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    match decimals {
        0 => format!("{sign}{text}"),
        _ => format!("{sign}{text}.{rest:0width$}", width = decimals as usize),
    }
}

/// `12350` with three decimals is `12.35`.
fn trimmed(quantity: i64, decimals: u32) -> String {
    grouped(quantity, decimals).trim_end_matches('0').trim_end_matches('.').to_owned()
}
