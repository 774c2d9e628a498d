//! The addresses that routers write down: `.route("/a", get(…).post(…))`.

use std::{fs, path::Path};

/// The files of the pages: some rooms write their own addresses down.
pub fn pages() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files.map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// Each address in the text of a router with the methods it answers.
pub fn written(text: &str) -> Vec<(String, Vec<&'static str>)> {
    let prefix = if text.contains("/openapi.json") { "/api" } else { "" };
    let lines = text.split(".route(\"").skip(1);
    let found = lines.map(|rest| {
        let (address, handlers) = rest.split_once('"').unwrap();
        let handlers = handlers.lines().next().unwrap();
        let methods = ["get", "post", "put", "patch", "delete"];
        let address = match address {
            "/" if !prefix.is_empty() => prefix.to_owned(),
            address => format!("{prefix}{address}"),
        };
        let answered = |method: &&str| handlers.contains(&format!("{method}("));
        let methods: Vec<_> = methods.into_iter().filter(answered).collect();
        assert!(!methods.is_empty(), "{address} is answered by a method that this test does not know");
        (address, methods)
    });
    found.collect()
}
