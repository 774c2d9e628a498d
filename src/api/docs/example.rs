//! An example of what a schema describes.

use serde_json::{Map, Value, json};

/// How deep an example goes into schemas that hold schemas.
const DEPTH: u32 = 8;

/// A value that fits the schema; what the schema itself gives as an example, where it does.
pub(super) fn example(document: &Value, schema: &Value) -> Value {
    of(document, schema, DEPTH)
}

/// The schema itself, where only its name stands.
pub(super) fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|name| name.strip_prefix('#')) {
        Some(pointer) => document.pointer(pointer).unwrap_or(&Value::Null),
        None => schema,
    }
}

fn of(document: &Value, schema: &Value, depth: u32) -> Value {
    let schema = resolved(document, schema);
    if !schema["example"].is_null() || depth == 0 {
        return schema["example"].clone();
    }
    let deeper = |schema: &Value| of(document, schema, depth - 1);
    if let Some(parts) = schema["allOf"].as_array() {
        let fields = parts.iter().map(deeper).filter_map(|it| match it {
            Value::Object(fields) => Some(fields),
            _ => None,
        });
        return Value::Object(fields.flatten().collect());
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        return choices.iter().find(|it| it["type"] != "null").map_or(Value::Null, deeper);
    }
    if let Some(word) = schema["enum"].as_array().and_then(|words| words.first()) {
        return word.clone();
    }
    match kind(&schema["type"]) {
        "object" => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            Value::Object(fields.map(|(name, field)| (name.clone(), deeper(field))).collect::<Map<_, _>>())
        }
        "array" => match schema["prefixItems"].as_array() {
            Some(items) => Value::Array(items.iter().map(deeper).collect()),
            None => json!([deeper(&schema["items"])]),
        },
        "string" if schema["format"] == "uuid" => json!("0198c6a0-7d5e-7c1a-9b2f-3a1d5e7f9b01"),
        "string" => json!("…"),
        "integer" if schema["format"] == "int64" && schema["minimum"].is_null() => {
            json!(1_767_574_800_000_000_i64)
        }
        "integer" | "number" => json!(1),
        "boolean" => json!(false),
        _ => Value::Null,
    }
}

/// The type; of several, the one that is not null.
fn kind(kinds: &Value) -> &str {
    match kinds {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    }
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_fits_its_schema() {
        let document = json!({"components": {"schemas": {"Id": {"type": "string", "format": "uuid"}}}});
        let schema = json!({"type": "object", "properties": {
            "id": {"$ref": "#/components/schemas/Id"},
            "word": {"oneOf": [{"type": "null"}, {"type": "string", "enum": ["a", "b"]}]},
            "list": {"type": "array", "items": {"type": ["boolean", "null"]}},
        }});
        let example = example(&document, &schema);
        assert_eq!(example["word"], "a");
        assert_eq!(example["list"], json!([false]));
        assert!(example["id"].as_str().unwrap().parse::<uuid::Uuid>().is_ok());
    }
}
