//! Telling things from notes, headings, totals and blank lines of the form. A row has to earn being a thing.

use std::borrow::Cow;

use super::IgnoreReason;
use super::notes::{is_example, is_note, is_page, is_signature, names_example, numbers_columns};
use super::sums::{self, Sum};
use crate::import::header::Role;
use crate::import::row::{Line, is_small_number};
use crate::import::sheet::Cell;
use crate::import::text::is_blank_mark;

/// What a row under the header is.
pub(super) enum Sort {
    Thing,
    Continuation,
    Ignored(IgnoreReason),
}

/// Decides what a row under the header is. `numbered`: the things of this list carry line numbers.
pub(super) fn sort(line: &Line<'_>, numbered: bool) -> Sort {
    let texts: Vec<Cow<'_, str>> =
        line.cells.iter().filter(|cell| !is_blank_mark(&cell.text)).map(|cell| line.squeezed(cell)).collect();
    let first = texts.first().map_or("", |text| text);
    let of = |role| line.own(role).map(|cell| line.squeezed(cell));
    let (number, name) = (of(Role::LineNumber), of(Role::Name).unwrap_or_default());
    if numbers_columns(line) {
        return Sort::Ignored(IgnoreReason::Header);
    }
    if is_example(number.as_deref(), &name) || texts.iter().any(|text| names_example(text)) {
        return Sort::Ignored(IgnoreReason::Example);
    }
    // A signature's label stands where no number and no thing can: 持有人 | 张某 | 13800000000.
    if number.as_deref().is_some_and(is_signature) || is_signature(&name) || is_page(&texts.concat()) {
        return Sort::Ignored(IgnoreReason::Note);
    }
    if number.as_deref().is_some_and(|it| is_label(it) && !is_small_number(it)) {
        return Sort::Ignored(IgnoreReason::Note);
    }
    let note = is_note(first) || texts.iter().all(|text| is_note(text));
    let title = texts.len() == 1 && is_title(first) && !line.says_quantity();
    if (note || title) && !line.counts_clearly() {
        return Sort::Ignored(if note { IgnoreReason::Note } else { IgnoreReason::Title });
    }
    let is_number = |cell: &Cell| line.own(Role::LineNumber) == Some(cell) && is_small_number(&cell.text);
    if line.cells.iter().all(is_number) {
        return Sort::Ignored(IgnoreReason::Blank);
    }
    let named = line.own(Role::Name);
    if named.is_none() && line.merged_above(Role::Name).is_some() && !line.says_quantity() {
        return Sort::Continuation;
    }
    let alone = line.cells.len() == 1;
    let wide = line.cells.first().is_some_and(|cell| {
        line.sheet
            .merge_at(line.row, cell.column)
            .is_some_and(|it| it.last_column.saturating_sub(it.first_column) >= 2)
    });
    match named {
        _ if alone && is_heading(first) => Sort::Ignored(IgnoreReason::Heading),
        Some(_) if number.is_none() && !line.says_quantity() && in_brackets(first) => Sort::Continuation,
        _ if alone && wide => Sort::Ignored(IgnoreReason::NotUnderstood),
        // Text where names stand, in a list that numbers its things, without number and quantity.
        Some(_) if alone && numbered && number.is_none() => Sort::Ignored(IgnoreReason::NotUnderstood),
        Some(_) => Sort::Thing,
        None if line.says_quantity() || line.merged_above(Role::Name).is_some() => Sort::Thing,
        None if number.is_none() && line.only_describes() => Sort::Continuation,
        None => Sort::Ignored(IgnoreReason::NotUnderstood),
    }
}

/// What the row adds up, when it is a sum.
pub(super) fn total(line: &Line<'_>) -> Option<Sum> {
    let numbered = line.own(Role::LineNumber).is_some_and(|cell| is_small_number(&cell.text));
    let candidates = [line.cells.first(), line.own(Role::Name)];
    candidates.into_iter().flatten().find_map(|cell| {
        let text = line.squeezed(cell);
        // 3 | 赌资合计 | 5000元 is a line of the list.
        if numbered && !sums::all_of(&text) {
            return None;
        }
        sums::of_label(&text).or_else(|| sums::with_amount(&text, || !line.counts_clearly()))
    })
}

/// 日期, 备注 where the line's number stands.
fn is_label(text: &str) -> bool {
    matches!(
        text.trim_end_matches(':'),
        "日期"
            | "时间"
            | "电话"
            | "备注"
            | "单位"
            | "地址"
            | "案由"
            | "案号"
            | "说明"
            | "注"
            | "共"
            | "第"
    )
}

/// （含电源一个）: nothing outside the brackets.
fn in_brackets(text: &str) -> bool {
    text.starts_with('(')
        && text.ends_with(')')
        && !text.get(1..text.len() - 1).is_some_and(|it| it.contains(')'))
}

/// The title of a form, or the office that issued it.
fn is_title(text: &str) -> bool {
    ["清单", "登记表", "明细表", "台账", "决定书"].iter().any(|it| text.ends_with(it))
        || ["公安局", "分局", "检察院", "法院", "派出所"].iter().any(|it| text.ends_with(it))
}

/// 一、 （二） 3. in front of a text without a quantity.
fn is_heading(text: &str) -> bool {
    let text = text.strip_prefix('(').unwrap_or(text);
    let rest = text.trim_start_matches(|c: char| "一二三四五六七八九十".contains(c));
    rest.len() < text.len() && rest.starts_with(['、', ')', '.']) || text.ends_with(':')
}
