//! The page itself: its blocks of commands and of files, in their order.

const PAGE: &str = include_str!("../../docs/found-a-city.md");

/// The blocks in this language that have this word in them; exactly one is meant.
pub(crate) fn block(language: &str, word: &str) -> String {
    let found: Vec<String> = blocks(language).into_iter().filter(|it| it.contains(word)).collect();
    let [one] = &found[..] else { panic!("{} blocks of {language} have «{word}»", found.len()) };
    one.clone()
}

fn blocks(language: &str) -> Vec<String> {
    let begin = format!("```{language}");
    let (mut blocks, mut open) = (Vec::new(), None::<String>);
    for line in PAGE.lines() {
        match &mut open {
            None if line == begin => open = Some(String::new()),
            Some(_) if line == "```" => blocks.extend(open.take()),
            Some(text) => text.extend([line, "\n"]),
            None => (),
        }
    }
    blocks
}
