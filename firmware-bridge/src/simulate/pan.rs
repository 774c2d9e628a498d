//! What lies on the simulated scale, and what is wrong with it.

use hufu_protocol::scale::milligrams;

/// What lies on the scale, as its display shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Load {
    pub(super) value: String,
    pub(super) unit: String,
}

/// What is wrong with the scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pan {
    Well,
    Restless,
    Overloaded,
    Underloaded,
    Silent,
}

impl Default for Load {
    fn default() -> Load {
        Load { value: "0.00".to_owned(), unit: "g".to_owned() }
    }
}

impl Load {
    /// `None` when it is not a weight a scale could show.
    pub(super) fn new(value: &str, unit: &str) -> Option<Load> {
        milligrams(value, unit)?;
        let load = Load { value: value.to_owned(), unit: unit.to_owned() };
        (value.len() <= 10).then_some(load)
    }

    pub(super) fn display(&self) -> String {
        format!("{} {}", self.value, self.unit)
    }

    /// Sign, six digits, and how many of them are decimals.
    pub(super) fn six_digits(&self) -> (bool, String, usize) {
        let digits = self.value.trim_start_matches(['-', '+']);
        let decimals = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        (self.value.starts_with('-'), format!("{:0>6}", digits.replace('.', "")), decimals)
    }
}
