//! Taking texts apart: what is stored of a text, and what a search asks for.
//!
//! - **Chinese** is stored as its characters and pairs of characters, so that whatever part of a name somebody types is
//!   found. What is searched for is cut into words (jieba): `上海银行贷款` finds a text that holds the three words in any
//!   order. The words of the text itself need not be known, which is what goes wrong with names.
//! - **Pinyin** of names is stored as syllables and pairs of them, and their initials as groups of two and three. A
//!   character that is read in several ways is stored in each.
//! - **Other words** are folded (case, width, accents) and found by their beginnings.

mod fold;
mod matching;
mod pinyin;
mod snippet;
mod stored;
mod wanted;

pub use matching::Names;
pub use pinyin::spelled;
pub use snippet::snippet;
pub(crate) use stored::tokens;
pub(crate) use wanted::{Part, Wanted, Way, Word, wanted};

/// The first letters of tokens keep the kinds apart.
pub(crate) mod kind {
    /// A Chinese character, or two.
    pub(crate) const HAN: char = 'h';
    /// A word.
    pub(crate) const WORD: char = 'w';
    /// The first one to three characters of a word.
    pub(crate) const START: char = 'p';
    /// The last four digits of a long number.
    pub(crate) const END: char = 's';
    /// A syllable of pinyin, or two with a space between.
    pub(crate) const SYLLABLE: char = 'y';
    /// Initials of pinyin.
    pub(crate) const INITIALS: char = 'a';
}
