//! Reading XML parts event by event.

use std::io::BufRead;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader as Xml, XmlVersion};

use crate::import::error::Refusal;

pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Refusal> {
    let found = tag.try_get_attribute(name).map_err(|_| Refusal::Broken)?;
    let value = |it: quick_xml::events::attributes::Attribute<'_>| {
        it.normalized_value(XmlVersion::Implicit1_0)
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| Refusal::Broken)
    };
    found.map(value).transpose()
}

pub(super) fn entity(reference: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return c.to_string();
    }
    match &*reference.xml10_content() {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
    .to_owned()
}

pub(super) fn each_tag(
    reader: impl BufRead,
    mut see: impl FnMut(&BytesStart<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    each_event(reader, |event| match event {
        Event::Start(tag) | Event::Empty(tag) => see(tag),
        _ => Ok(()),
    })
}

pub(super) fn each_event(
    reader: impl BufRead,
    mut see: impl FnMut(&Event<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut xml = Xml::from_reader(reader);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|_| Refusal::Broken)? {
            Event::Eof => return Ok(()),
            event => see(&event)?,
        }
    }
}
