//! Labels and papers: readable Typst templates and their rendering.
