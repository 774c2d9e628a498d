//! Lists the template files, so that a new template is a file and nothing else.

use std::path::Path;

/// One line for each `.typ` file of the folder, in the order of names.
fn main() -> std::io::Result<()> {
    println!("cargo:rerun-if-changed=templates");
    let mut names = Vec::new();
    for file in std::fs::read_dir("templates")? {
        let name = file?.file_name();
        if Path::new(&name).extension().is_some_and(|extension| extension == "typ") {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    let text = |name| {
        format!(r#"({name:?}, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/", {name:?}))),"#)
    };
    let lines: Vec<String> = names.iter().map(text).collect();
    let out = std::env::var_os("OUT_DIR").ok_or_else(|| std::io::Error::other("OUT_DIR is not set"))?;
    std::fs::write(Path::new(&out).join("templates.rs"), format!("&[\n{}\n]\n", lines.join("\n")))
}
