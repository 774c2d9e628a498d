//! The person who sets a station up: reads what is found, agrees or does not. In a script nobody is there, and everything
//! proposed is agreed to.

use std::io::{self, BufRead, Write};

pub struct Person<'a> {
    /// `None`: nobody is there to answer.
    input: Option<&'a mut dyn BufRead>,
    output: &'a mut dyn Write,
}

impl<'a> Person<'a> {
    pub fn present(input: &'a mut dyn BufRead, output: &'a mut dyn Write) -> Person<'a> {
        Person { input: Some(input), output }
    }

    pub fn absent(output: &'a mut dyn Write) -> Person<'a> {
        Person { input: None, output }
    }

    pub(super) fn is_present(&self) -> bool {
        self.input.is_some()
    }

    pub(super) fn tell(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.output, "{text}")?;
        self.output.flush()
    }

    /// Enter, y, yes, 是 and 好 agree; whatever else is a no. The end of the input agrees to nothing.
    pub(super) fn agrees(&mut self, question: &str) -> io::Result<bool> {
        let Some(input) = &mut self.input else {
            writeln!(self.output, "{question} [Y]")?;
            return Ok(true);
        };
        write!(self.output, "{question} [Y/n] ")?;
        self.output.flush()?;
        let mut line = String::new();
        let ended = input.read_line(&mut line)? == 0;
        Ok(!ended && matches!(line.trim().to_lowercase().as_str(), "" | "y" | "yes" | "是" | "好"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_as_agreeing() {
        let mut answers: &[u8] = "\ny\nYES\n是\nn\nwhat\n".as_bytes();
        let mut shown = Vec::new();
        let mut person = Person::present(&mut answers, &mut shown);
        let said: Vec<bool> = (0..7).map(|_| person.agrees("?").unwrap()).collect();
        assert_eq!(said, [true, true, true, true, false, false, false]);
        assert!(Person::absent(&mut shown).agrees("?").unwrap());
    }
}
