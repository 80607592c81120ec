//! The fields of the index.
//!
//! Entities and their fields come and go while the index stays, so what a record holds lies in columns named after entity
//! and field, one family of them for each kind of value. Nothing in the index depends on a definition, only on records.

use kapok_protocol::Entity;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, JsonObjectOptions, Schema, TextFieldIndexing, TextOptions,
};

/// Counts the forms of the index: one of another form is made anew.
pub(crate) const FORM: u32 = 1;

/// The tokenizer of texts that were taken apart before: tokens end with [`END_OF_TOKEN`].
pub(crate) const TOKENS: &str = "tokens";
/// Ends a token.
pub(crate) const END_OF_TOKEN: char = '\n';

/// The fields.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    pub(crate) schema: Schema,
    pub(crate) id: Field,
    pub(crate) entity: Field,
    pub(crate) owner: Field,
    pub(crate) created_at: Field,
    pub(crate) created_by: Field,
    pub(crate) updated_at: Field,
    pub(crate) version: Field,
    /// Short texts, as they are.
    pub(crate) texts: Field,
    /// Numbers in millionths.
    pub(crate) numbers: Field,
    /// Truth values.
    pub(crate) flags: Field,
    /// The items of lists of short texts.
    pub(crate) items: Field,
    /// [`MORE`] or [`HOLLOW`], where the columns do not hold the whole value.
    pub(crate) marks: Field,
    /// The words of texts.
    pub(crate) words: Field,
}

/// A mark: there is a value that the other columns do not hold, or not exactly.
pub(crate) const MORE: i64 = 1;
/// A mark: there is a value, and it is empty.
pub(crate) const HOLLOW: i64 = 2;

impl Fields {
    pub(crate) fn new() -> Self {
        let mut schema = Schema::builder();
        let raw = |name: &str| {
            TextFieldIndexing::default()
                .set_tokenizer(name)
                .set_index_option(IndexRecordOption::Basic)
                .set_fieldnorms(false)
        };
        let column = || JsonObjectOptions::default().set_fast("raw");
        Self {
            id: schema.add_u64_field("id", INDEXED | FAST),
            entity: schema.add_text_field("entity", TextOptions::default().set_indexing_options(raw("raw"))),
            owner: schema.add_u64_field("owner", INDEXED | FAST),
            created_at: schema.add_i64_field("created_at", FAST),
            created_by: schema.add_u64_field("created_by", FAST),
            updated_at: schema.add_i64_field("updated_at", FAST),
            version: schema.add_u64_field("version", FAST),
            texts: schema.add_json_field("texts", column().set_indexing_options(raw("raw"))),
            numbers: schema.add_json_field("numbers", column()),
            flags: schema.add_json_field("flags", column()),
            items: schema.add_json_field("items", column().set_indexing_options(raw("raw"))),
            marks: schema.add_json_field("marks", column()),
            words: schema.add_json_field("words", JsonObjectOptions::default().set_indexing_options(raw(TOKENS))),
            schema: schema.build(),
        }
    }
}

/// The name of a field's columns. Points would begin a new level, so they are written otherwise.
pub(crate) fn path(entity: &Entity, field: &str) -> String {
    format!("{}/{field}", entity.as_str()).replace('.', "~")
}
