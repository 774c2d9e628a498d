//! An exact decimal number, and what a number at the start of a text comes to. No floating point: a number is digits and a
//! scale.

use crate::import::doubt::DoubtCode;

/// An exact decimal number: `digits / 10^scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) struct Decimal {
    digits: i128,
    scale: u32,
}

/// More digits than any quantity has, few enough that every product below fits in 128 bits.
const DIGITS_MOST: usize = 24;
const SCALE_MOST: u32 = 24;

impl Decimal {
    pub(super) const HALF: Self = Self { digits: 5, scale: 1 };

    pub(in crate::import) const fn whole_number(digits: i128) -> Self {
        Self { digits, scale: 0 }
    }

    /// Reads `digits` with an optional point. Nothing else: no sign, no blanks.
    pub(in crate::import) fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let all = format!("{whole}{}", fraction.trim_end_matches('0'));
        if all.is_empty()
            || !all.bytes().all(|b| b.is_ascii_digit())
            || all.trim_start_matches('0').len() > DIGITS_MOST
        {
            return None;
        }
        let scale =
            u32::try_from(fraction.trim_end_matches('0').len()).ok().filter(|it| *it <= SCALE_MOST)?;
        Some(Self { digits: all.parse().ok()?, scale })
    }

    /// One number, one form: no zeros behind the point.
    fn normal(mut self) -> Self {
        while self.scale > 0 && self.digits % 10 == 0 {
            (self.digits, self.scale) = (self.digits / 10, self.scale - 1);
        }
        self
    }

    /// `self × factor ÷ divisor`, or nothing when it is not a whole number or does not fit.
    pub(in crate::import) fn whole(self, factor: i128, divisor: i128) -> Option<i128> {
        let divisor = 10_i128.checked_pow(self.scale)?.checked_mul(divisor)?;
        let product = self.digits.checked_mul(factor)?;
        (product.checked_rem(divisor)? == 0).then(|| product / divisor)
    }

    pub(in crate::import) fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        Some(Self { digits: self.raised_to(scale)?.checked_add(other.raised_to(scale)?)?, scale }.normal())
    }

    /// The digits this number has at a larger scale.
    fn raised_to(self, scale: u32) -> Option<i128> {
        self.digits.checked_mul(10_i128.checked_pow(scale.checked_sub(self.scale)?)?)
    }

    /// `self × 10^power`.
    pub(super) fn shifted(self, power: i32) -> Option<Self> {
        let scale = i32::try_from(self.scale).ok()?.checked_sub(power)?;
        if let Ok(scale) = u32::try_from(scale) {
            return (scale <= SCALE_MOST).then_some(Self { scale, ..self }.normal());
        }
        Self { scale: 0, ..self }.times(10_i128.checked_pow(scale.unsigned_abs())?)
    }

    pub(super) fn times(self, factor: i128) -> Option<Self> {
        Some(Self { digits: self.digits.checked_mul(factor)?, ..self }.normal())
    }

    pub(super) fn less_than(self, limit: i128) -> bool {
        10_i128
            .checked_pow(self.scale)
            .and_then(|unit| limit.checked_mul(unit))
            .is_some_and(|it| self.digits < it)
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scale = self.scale as usize;
        let digits = format!("{:0>width$}", self.digits, width = scale + 1);
        match digits.split_at_checked(digits.len() - scale) {
            Some((whole, fraction)) if scale > 0 => write!(f, "{whole}.{fraction}"),
            _ => f.write_str(&digits),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        let scale = self.scale.max(other.scale);
        Some(self.raised_to(scale)?.cmp(&other.raised_to(scale)?))
    }
}

/// A number at the start of the text, and what follows it. `Err` is something that is plainly meant as a number but
/// does not say which one.
pub(super) type Taken<'a> = (Result<Decimal, DoubtCode>, &'a str);

/// Whether the 千 that stands before this belongs to the unit: 千克, 千米.
pub(super) fn begins_kilo(after_thousand: &str) -> bool {
    ["克", "米", "瓦", "升"].iter().any(|it| after_thousand.starts_with(it))
}
