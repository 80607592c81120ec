//! Sets of rules, as bits in words.

/// How many bits a word has.
const WIDTH: usize = 64;

/// How many words a set of so many rules has.
pub(super) fn words(rules: usize) -> usize {
    rules.div_ceil(WIDTH)
}

/// The set of the rules, in their order, that are said to be in it.
pub(super) fn set(rules: impl ExactSizeIterator<Item = bool>) -> Box<[u64]> {
    let mut set = vec![0; words(rules.len())];
    for (rule, _) in rules.enumerate().filter(|(_, is_in)| *is_in) {
        add(&mut set, rule);
    }
    set.into()
}

/// Adds a rule to a set.
pub(super) fn add(set: &mut [u64], rule: usize) {
    if let Some(word) = set.get_mut(rule / WIDTH) {
        *word |= 1 << (rule % WIDTH);
    }
}

/// Whether a rule is in a set.
pub(super) fn has(set: &[u64], rule: usize) -> bool {
    set.get(rule / WIDTH)
        .is_some_and(|word| word >> (rule % WIDTH) & 1 == 1)
}

/// The rules that a word of a set, at this place, stands for, in ascending order.
pub(super) fn rules(place: usize, mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = word.trailing_zeros() as usize;
        word &= word.wrapping_sub(1);
        (bit < WIDTH).then_some(place * WIDTH + bit)
    })
}
