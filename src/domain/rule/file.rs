//! Reading a rules file: what it may say, and what is taken from the shipped rules because it does not say it.

use super::{Deadline, Effective, IntakeStep, LabelTemplate, OverdueScale, Rules, Series, Tolerance};
use crate::{
    clock::Span,
    domain::StoreKind,
    ledger::{Category, HandoverPurpose},
};
use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;

/// The longest deadline, ten years: whatever is longer is a slip of the keyboard.
const HOURS_MOST: i64 = 10 * 366 * 24;

/// A file of rules that cannot be used.
#[derive(Debug)]
pub enum RulesError {
    Unreadable(toml::de::Error),
    Hours { line: usize, hours: i64 },
    NoStore { line: usize },
}

impl RulesError {
    /// What is wrong, in Chinese and in English.
    pub fn sentences(&self) -> (String, String) {
        match self {
            RulesError::Unreadable(error) => (
                format!("规则文件无法读懂：{error}。"),
                format!("The file of rules cannot be read: {error}."),
            ),
            RulesError::Hours { line, hours } => (
                format!("规则文件第 {line} 行：期限 {hours} 小时不可能，应在 1 至 {HOURS_MOST} 小时之间。"),
                format!(
                    "Line {line} of the file of rules: a deadline of {hours} hours is impossible; it has 1 to {HOURS_MOST} hours."
                ),
            ),
            RulesError::NoStore { line } => (
                format!("规则文件第 {line} 行：没有任何库可存放，至少要有一种。"),
                format!("Line {line} of the file of rules: no kind of store is left; there must be one."),
            ),
        }
    }
}

impl std::fmt::Display for RulesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (zh, en) = self.sentences();
        write!(f, "{zh} {en}")
    }
}

impl std::error::Error for RulesError {}

impl From<toml::de::Error> for RulesError {
    fn from(error: toml::de::Error) -> RulesError {
        RulesError::Unreadable(error)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRules {
    deadline: Vec<RawDeadline>,
    placement: Vec<RawPlacement>,
    /// A rules file from before there were such rules has none.
    #[serde(default)]
    weighing: Vec<RawWeighing>,
    intake: Option<Vec<RawIntake>>,
    tolerance: Option<Vec<RawTolerance>>,
    sharing: Option<Vec<RawSharing>>,
    copies: Option<Vec<RawCopies>>,
    receipt_copies: Option<Vec<RawReceiptCopies>>,
    label: Option<Vec<RawLabel>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDeadline {
    name: Deadline,
    hours: Spanned<i64>,
    effective_from: NaiveDate,
    citation: String,
    #[serde(default)]
    remark: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlacement {
    category: Category,
    stores: Spanned<Vec<StoreKind>>,
    effective_from: NaiveDate,
    citation: String,
    #[serde(default)]
    remark: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWeighing {
    category: Category,
    overdue_scale: OverdueScale,
    effective_from: NaiveDate,
    citation: String,
    #[serde(default)]
    remark: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIntake {
    category: Category,
    steps: Vec<IntakeStep>,
    effective_from: NaiveDate,
    citation: String,
    #[serde(default)]
    remark: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTolerance {
    category: Category,
    permille: u32,
    milligrams: u32,
    effective_from: NaiveDate,
    citation: String,
    #[serde(default)]
    remark: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSharing {
    category: Category,
    with: Vec<Category>,
    effective_from: NaiveDate,
    citation: String,
    #[serde(default)]
    remark: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLabel {
    category: Category,
    template: LabelTemplate,
    effective_from: NaiveDate,
    citation: String,
    #[serde(default)]
    remark: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCopies {
    purpose: HandoverPurpose,
    kept_by: Vec<String>,
    effective_from: NaiveDate,
    citation: String,
    #[serde(default)]
    remark: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawReceiptCopies {
    kept_by: Vec<String>,
    effective_from: NaiveDate,
    citation: String,
    #[serde(default)]
    remark: String,
}

/// A section that a file from before there were such rules says nothing of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Intake,
    Tolerance,
    Sharing,
    Copies,
    ReceiptCopies,
    Label,
}

/// The rules as the file has them, and the sections of which it says nothing at all. Refuses unknown words and impossible values.
pub(super) fn read(text: &str) -> Result<(Rules, Vec<Section>), RulesError> {
    let RawRules { deadline, placement, weighing, intake, tolerance, sharing, copies, receipt_copies, label } =
        toml::from_str(text)?;
    let silent = [
        (Section::Intake, intake.is_none()),
        (Section::Tolerance, tolerance.is_none()),
        (Section::Sharing, sharing.is_none()),
        (Section::Copies, copies.is_none()),
        (Section::ReceiptCopies, receipt_copies.is_none()),
        (Section::Label, label.is_none()),
    ];
    let silent = silent.into_iter().filter_map(|(section, silent)| silent.then_some(section)).collect();
    let deadlines = deadline.into_iter().map(|it| it.checked(text)).collect::<Result<_, _>>()?;
    let placements = placement.into_iter().map(|it| it.checked(text)).collect::<Result<_, _>>()?;
    let weighings = weighing
        .into_iter()
        .map(|it| {
            (it.category, Effective::new(it.overdue_scale, it.effective_from, (it.citation, it.remark)))
        })
        .collect();
    let intakes = intake.into_iter().flatten();
    let intakes = intakes
        .map(|it| (it.category, Effective::new(it.steps, it.effective_from, (it.citation, it.remark))));
    let tolerances = tolerance.into_iter().flatten().map(|it| {
        let RawTolerance { category, permille, milligrams, effective_from, citation, remark } = it;
        (category, Effective::new(Tolerance { permille, milligrams }, effective_from, (citation, remark)))
    });
    let sharings = sharing.into_iter().flatten();
    let sharings = sharings
        .map(|it| (it.category, Effective::new(it.with, it.effective_from, (it.citation, it.remark))));
    let copies = copies.into_iter().flatten();
    let copies = copies
        .map(|it| (it.purpose, Effective::new(it.kept_by, it.effective_from, (it.citation, it.remark))));
    let receipt_copies = receipt_copies.into_iter().flatten();
    let receipt_copies = receipt_copies
        .map(|it| ((), Effective::new(it.kept_by, it.effective_from, (it.citation, it.remark))));
    let labels = label.into_iter().flatten();
    let labels = labels
        .map(|it| (it.category, Effective::new(it.template, it.effective_from, (it.citation, it.remark))));
    let rules = Rules {
        deadlines: Series(deadlines),
        placements: Series(placements),
        weighings: Series(weighings),
        intakes: Series(intakes.collect()),
        tolerances: Series(tolerances.collect()),
        sharings: Series(sharings.collect()),
        copies: Series(copies.collect()),
        receipt_copies: Series(receipt_copies.collect()),
        labels: Series(labels.collect()),
        completed: Vec::new(),
    };
    Ok((rules, silent))
}

impl RawDeadline {
    /// No hours at all would let a request end as it begins, fewer would let it end before.
    fn checked(self, text: &str) -> Result<(Deadline, Effective<Span>), RulesError> {
        let RawDeadline { name, hours, effective_from, citation, remark } = self;
        let line = line_of(text, hours.span().start);
        match hours.into_inner() {
            hours @ 1..=HOURS_MOST => {
                Ok((name, Effective::new(Span::hours(hours), effective_from, (citation, remark))))
            }
            hours => Err(RulesError::Hours { line, hours }),
        }
    }
}

impl RawPlacement {
    fn checked(self, text: &str) -> Result<(Category, Effective<Vec<StoreKind>>), RulesError> {
        let RawPlacement { category, stores, effective_from, citation, remark } = self;
        let line = line_of(text, stores.span().start);
        match stores.into_inner() {
            stores if stores.is_empty() => Err(RulesError::NoStore { line }),
            stores => Ok((category, Effective::new(stores, effective_from, (citation, remark)))),
        }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
