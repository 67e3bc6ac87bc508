//! Lists whose items are known by a name.

/// The items of two lists, those of the same name together: the old ones in their order, then the new ones.
pub(super) struct Pairs<'a, T> {
    pub(super) pairs: Vec<(Option<&'a T>, Option<&'a T>)>,
    /// Whether the items that both lists have come in another order.
    pub(super) is_reordered: bool,
}

impl<'a, T> Pairs<'a, T> {
    pub(super) fn of<K: PartialEq>(old: &'a [T], new: &'a [T], key: impl Fn(&'a T) -> K) -> Pairs<'a, T> {
        let mut rest: Vec<(usize, &T)> = new.iter().enumerate().collect();
        let mut pairs = Vec::with_capacity(old.len());
        let mut places = Vec::new();
        for before in old {
            let found = rest.iter().position(|(_, after)| key(after) == key(before));
            let after = found.map(|at| rest.remove(at));
            places.extend(after.map(|(place, _)| place));
            pairs.push((Some(before), after.map(|(_, after)| after)));
        }
        pairs.extend(rest.into_iter().map(|(_, after)| (None, Some(after))));
        Pairs { pairs, is_reordered: !places.is_sorted() }
    }
}
