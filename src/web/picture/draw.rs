//! The few strokes all pictures share.

use std::fmt::Display;

/// Text for SVG content and attributes.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // XML has no way to write other control characters.
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

/// What a picture is: an image to look at, or a group of links.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role {
    Image,
    Links,
}

/// The whole picture around its content, in its natural size.
pub(super) fn picture(
    role: Role,
    class: &str,
    (width, height): (u32, u32),
    (title, description): (&str, &str),
    content: &str,
) -> String {
    let role = match role {
        Role::Image => "img",
        Role::Links => "group",
    };
    let (title, description) = (escape(title), escape(description));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"picture {class}\" role=\"{role}\" \
         aria-label=\"{title}. {description}\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\"><title>{title}</title><desc>{description}</desc>{content}</svg>"
    )
}

/// Where a text stands against its point.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
}

pub(super) fn text((x, y): (impl Display, impl Display), anchor: Anchor, class: &str, words: &str) -> String {
    let anchor = match anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
    };
    let words = escape(words);
    format!("<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" class=\"{class}\">{words}</text>")
}

/// At most `lines` lines of about `width` Chinese characters; what does not fit ends in an ellipsis. Latin letters
/// count as a little over half a character, and words are kept whole where they can be.
pub(super) fn wrapped(words: &str, width: u32, lines: usize) -> Vec<String> {
    let room = f64::from(width);
    let mut done: Vec<String> = Vec::new();
    let mut line = String::new();
    for piece in pieces(words) {
        let fits = measure(&line) + measure(piece.trim_end()) <= room;
        if !fits && !line.is_empty() {
            if done.len() + 1 >= lines {
                done.push(format!("{}…", line.trim_end()));
                return done;
            }
            done.push(line.trim_end().to_owned());
            line = String::new();
        }
        line.push_str(piece);
    }
    done.push(line.trim_end().to_owned());
    done
}

/// Single Chinese characters; whole Latin words with the space after them.
fn pieces(words: &str) -> Vec<&str> {
    let mut cuts = vec![0];
    let mut before: Option<char> = None;
    for (at, c) in words.char_indices() {
        if before.is_some_and(|before| is_wide(before) || is_wide(c) || before == ' ') {
            cuts.push(at);
        }
        before = Some(c);
    }
    cuts.push(words.len());
    cuts.windows(2).filter_map(|pair| words.get(*pair.first()?..*pair.last()?)).collect()
}

fn is_wide(c: char) -> bool {
    c >= '\u{2e80}'
}

fn measure(text: &str) -> f64 {
    text.chars().map(|c| if is_wide(c) { 1.0 } else { 0.56 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_becomes_markup() {
        assert_eq!(escape("<a b='\"&\u{7}>"), "&lt;a b=&#39;&quot;&amp; &gt;");
        let made = picture(Role::Image, "x", (1, 2), ("<b>", "\"d\""), "");
        assert!(made.contains("<title>&lt;b&gt;</title><desc>&quot;d&quot;</desc>"));
    }

    #[test]
    fn long_names_are_broken_and_cut() {
        for (words, lines, expected) in [
            ("区检察院", 2, vec!["区检察院"]),
            ("朝阳区人民检察院案管", 2, vec!["朝阳区人民检", "察院案管"]),
            ("朝阳区人民检察院案管办公室", 2, vec!["朝阳区人民检", "察院案管办公…"]),
            ("First Precinct Office", 3, vec!["First", "Precinct", "Office"]),
            ("A-03 架", 1, vec!["A-03 架"]),
        ] {
            assert_eq!(wrapped(words, 6, lines), expected, "{words}");
        }
    }
}
