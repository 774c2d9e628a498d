//! One record of delimited text. Quotes hold a cell together only where they can be meant so: home-made exports do not
//! double them, and people write them for inches and for "as above".

/// Line ends that a quoted cell may hold; more are the sign of a quote left open.
const LINES_IN_CELL: usize = 60;

/// The fields of the first record, and the text behind it.
pub(super) fn take(text: &str, separator: char) -> (Vec<String>, &str) {
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let (field, after) = quoted(rest, separator, fields.len()).unwrap_or_else(|| {
            let (field, after) = rest.split_at(rest.find([separator, '\n']).unwrap_or(rest.len()));
            (lone_quotes_off(field), after)
        });
        fields.push(field);
        match after.strip_prefix(separator) {
            Some(next) => rest = next,
            None => return (fields, after.strip_prefix('\n').unwrap_or(after)),
        }
    }
}

/// A cell in quotes: the closing one stands before a separator or the end of a line, and what is between does not look like
/// further rows.
fn quoted(text: &str, separator: char, fields_before: usize) -> Option<(String, &str)> {
    let inside = text.trim_start_matches(' ').strip_prefix('"')?;
    let (mut field, mut rest, mut loose) = (String::new(), inside, false);
    loop {
        let at = rest.find('"')?;
        let (before, after) = (rest.get(..at)?, rest.get(at + 1..)?);
        field.push_str(before);
        let lines = field.matches('\n').count();
        if lines > LINES_IN_CELL || (loose && lines > 0) {
            return None;
        }
        let ends = after.trim_start_matches(' ');
        if ends.is_empty() || ends.starts_with([separator, '\n']) {
            return (!holds_rows(&field, separator, fields_before)).then_some((field, ends));
        }
        // A doubled quote is one; any other only stands in the text, and such a cell ends on its line.
        field.push('"');
        loose |= !after.starts_with('"');
        rest = after.strip_prefix('"').unwrap_or(after);
    }
}

/// Whether a cell over several lines has as many separators in its lines as rows have: then a quote was left open.
fn holds_rows(field: &str, separator: char, fields_before: usize) -> bool {
    let mut lines = field.split('\n');
    let first = fields_before + lines.next().map_or(0, |line| line.matches(separator).count());
    let further: Vec<usize> = lines.map(|line| line.matches(separator).count()).collect();
    first > 0
        && further.iter().filter(|separators| **separators >= first.max(2)).count() * 2
            >= further.len().max(1)
}

/// "双喜"牌: quotes that open and close inside a cell are taken off, as spreadsheets do.
fn lone_quotes_off(field: &str) -> String {
    let opened = field.trim_start().strip_prefix('"').filter(|_| field.matches('"').count() == 2);
    match opened.and_then(|inside| inside.split_once('"')) {
        Some((quoted, behind)) if !quoted.is_empty() => format!("{quoted}{behind}"),
        _ => field.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        let (mut rows, mut rest) = (Vec::new(), text);
        while !rest.is_empty() {
            let (fields, after) = take(rest, ',');
            rows.push(fields);
            rest = after;
        }
        rows
    }

    #[test]
    fn quotes_group_where_they_can_be_meant_so() {
        for (text, expected) in [
            ("a,\"b,c\",d\n", vec![vec!["a", "b,c", "d"]]),
            ("a,\"b\nc\",d\n", vec![vec!["a", "b\nc", "d"]]),
            ("a,\"say \"\"x\"\" now\",d", vec![vec!["a", "say \"x\" now", "d"]]),
            ("a,15\" black,d\n", vec![vec!["a", "15\" black", "d"]]),
            ("\"双喜\"牌,1\n", vec![vec!["双喜牌", "1"]]),
            (
                "a,\",d\nb,c,e\nf,\",h\n",
                vec![vec!["a", "\"", "d"], vec!["b", "c", "e"], vec!["f", "\"", "h"]],
            ),
            ("\"双喜\"牌,1\na,\",b\n", vec![vec!["双喜牌", "1"], vec!["a", "\"", "b"]]),
            ("a,\"b\n", vec![vec!["a", "\"b"]]),
            ("a,,\n\nb", vec![vec!["a", "", ""], vec![""], vec!["b"]]),
        ] {
            assert_eq!(rows(text), expected, "{text}");
        }
    }
}
