//! An ordered map whose copies share what they have in common.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// A balanced search tree. A copy is a pointer to the same nodes; changing it copies the path to what changes, and the
/// other copies keep what they had.
pub(crate) struct Tree<K, V> {
    root: Link<K, V>,
    len: usize,
}

type Link<K, V> = Option<Arc<Fork<K, V>>>;

struct Fork<K, V> {
    key: K,
    value: V,
    height: u8,
    left: Link<K, V>,
    right: Link<K, V>,
}

/// Only the size: a failure that prints a branch need not print all that is on it.
impl<K, V> fmt::Debug for Tree<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tree").field("len", &self.len).finish_non_exhaustive()
    }
}

impl<K, V> Clone for Tree<K, V> {
    fn clone(&self) -> Self {
        Self { root: self.root.clone(), len: self.len }
    }
}

impl<K, V> Default for Tree<K, V> {
    fn default() -> Self {
        Self { root: None, len: 0 }
    }
}

impl<K, V> Tree<K, V> {
    /// Every entry, in the order of the keys.
    pub(crate) fn iter(&self) -> Iter<'_, K, V> {
        let mut iter = Iter { stack: Vec::new() };
        iter.descend(&self.root);
        iter
    }
}

impl<K: Ord + Clone, V: Clone> Tree<K, V> {
    /// The value of a key.
    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let mut link = &self.root;
        while let Some(fork) = link {
            match key.cmp(fork.key.borrow()) {
                Ordering::Less => link = &fork.left,
                Ordering::Greater => link = &fork.right,
                Ordering::Equal => return Some(&fork.value),
            }
        }
        None
    }

    /// The entry with the greatest key that is not above this one.
    pub(crate) fn floor(&self, key: &K) -> Option<(&K, &V)> {
        let (mut link, mut found) = (&self.root, None);
        while let Some(fork) = link {
            if fork.key <= *key {
                found = Some((&fork.key, &fork.value));
                link = &fork.right;
            } else {
                link = &fork.left;
            }
        }
        found
    }

    /// The entries from this key on.
    pub(crate) fn from(&self, start: &K) -> Iter<'_, K, V> {
        let (mut link, mut stack) = (&self.root, Vec::new());
        while let Some(fork) = link {
            if fork.key < *start {
                link = &fork.right;
            } else {
                stack.push(&**fork);
                link = &fork.left;
            }
        }
        Iter { stack }
    }

    /// Adds an entry, or replaces the one of the same key.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        let (root, added) = put(&self.root, key, value);
        self.root = Some(root);
        self.len += usize::from(added);
    }

    /// Removes the entry of a key, if there is one.
    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        if let Some(root) = cut(&self.root, key) {
            self.root = root;
            self.len -= 1;
        }
    }
}

impl<K: Ord + Clone, T> Tree<K, Arc<T>> {
    /// The entries that were put after an earlier copy was made; no value where the key is gone. What both have in common
    /// is not looked at.
    pub(crate) fn changes_from(&self, earlier: &Self) -> Vec<(K, Option<Arc<T>>)> {
        let (mut old, mut new) = (Walk::new(&earlier.root), Walk::new(&self.root));
        let mut changes = Vec::new();
        loop {
            if old.skip_same(&mut new) {
                continue;
            }
            let (before, after) = (old.entry(), new.entry());
            let order = match (before, after) {
                (None, None) => return changes,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(before), Some(after)) => before.key.cmp(&after.key),
            };
            match (order, before, after) {
                (Ordering::Less, Some(before), _) => changes.push((before.key.clone(), None)),
                (Ordering::Greater, _, Some(after)) => {
                    changes.push((after.key.clone(), Some(after.value.clone())));
                }
                (_, Some(before), Some(after)) if !Arc::ptr_eq(&before.value, &after.value) => {
                    changes.push((after.key.clone(), Some(after.value.clone())));
                }
                _ => {}
            }
            if order.is_le() {
                old.next();
            }
            if order.is_ge() {
                new.next();
            }
        }
    }
}

/// Walks a tree so that whole branches of it can be left out.
struct Walk<'a, K, V> {
    /// What is to come, the next one last: a branch with all that is in it, or a single entry.
    to_come: Vec<(&'a Arc<Fork<K, V>>, bool)>,
}

impl<'a, K, V> Walk<'a, K, V> {
    fn new(root: &'a Link<K, V>) -> Self {
        Self { to_come: root.iter().map(|fork| (fork, true)).collect() }
    }

    /// Leaves out what both have next, if that is one and the same branch. Else opens the higher of the two branches, until
    /// single entries come next.
    fn skip_same(&mut self, other: &mut Self) -> bool {
        match (self.to_come.last().copied(), other.to_come.last().copied()) {
            (Some((ours, true)), Some((theirs, true))) if Arc::ptr_eq(ours, theirs) => {
                self.next();
                other.next();
                true
            }
            (Some((ours, true)), theirs) => match theirs {
                Some((theirs, true)) if theirs.height > ours.height => {
                    other.open();
                    true
                }
                _ => {
                    self.open();
                    true
                }
            },
            (_, Some((_, true))) => {
                other.open();
                true
            }
            _ => false,
        }
    }

    /// The single entry that comes next.
    fn entry(&self) -> Option<&'a Fork<K, V>> {
        self.to_come.last().map(|(fork, _)| &***fork)
    }

    fn next(&mut self) {
        self.to_come.pop();
    }

    /// Takes a branch apart: what is left in it, its own entry, what is right in it.
    fn open(&mut self) {
        let Some((fork, _)) = self.to_come.pop() else { return };
        self.to_come.extend(fork.right.iter().map(|right| (right, true)));
        self.to_come.push((fork, false));
        self.to_come.extend(fork.left.iter().map(|left| (left, true)));
    }
}

/// Walks a tree in the order of its keys.
pub(crate) struct Iter<'a, K, V> {
    stack: Vec<&'a Fork<K, V>>,
}

impl<'a, K, V> Iter<'a, K, V> {
    fn descend(&mut self, mut link: &'a Link<K, V>) {
        while let Some(fork) = link {
            self.stack.push(fork);
            link = &fork.left;
        }
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        let fork = self.stack.pop()?;
        self.descend(&fork.right);
        Some((&fork.key, &fork.value))
    }
}

impl<K: Ord + Clone, V: Clone> Fork<K, V> {
    /// The same entry above other branches, which differ in height by two at most.
    fn above(&self, left: Link<K, V>, right: Link<K, V>) -> Arc<Self> {
        balance(self.key.clone(), self.value.clone(), left, right)
    }
}

fn height<K, V>(link: &Link<K, V>) -> u8 {
    link.as_ref().map_or(0, |fork| fork.height)
}

fn join<K, V>(key: K, value: V, left: Link<K, V>, right: Link<K, V>) -> Arc<Fork<K, V>> {
    let height = height(&left).max(height(&right)) + 1;
    Arc::new(Fork { key, value, height, left, right })
}

fn balance<K: Ord + Clone, V: Clone>(
    key: K,
    value: V,
    left: Link<K, V>,
    right: Link<K, V>,
) -> Arc<Fork<K, V>> {
    match (&left, &right) {
        (Some(high), _) if high.height > height(&right) + 1 => match &high.right {
            Some(inner) if inner.height > height(&high.left) => {
                let first = high.join_with(high.left.clone(), inner.left.clone());
                let second = join(key, value, inner.right.clone(), right);
                inner.join_with(Some(first), Some(second))
            }
            inner => {
                let second = join(key, value, inner.clone(), right);
                high.join_with(high.left.clone(), Some(second))
            }
        },
        (_, Some(high)) if high.height > height(&left) + 1 => match &high.left {
            Some(inner) if inner.height > height(&high.right) => {
                let first = join(key, value, left, inner.left.clone());
                let second = high.join_with(inner.right.clone(), high.right.clone());
                inner.join_with(Some(first), Some(second))
            }
            inner => {
                let first = join(key, value, left, inner.clone());
                high.join_with(Some(first), high.right.clone())
            }
        },
        _ => join(key, value, left, right),
    }
}

impl<K: Clone, V: Clone> Fork<K, V> {
    fn join_with(&self, left: Link<K, V>, right: Link<K, V>) -> Arc<Self> {
        join(self.key.clone(), self.value.clone(), left, right)
    }
}

fn put<K: Ord + Clone, V: Clone>(link: &Link<K, V>, key: K, value: V) -> (Arc<Fork<K, V>>, bool) {
    let Some(fork) = link else { return (join(key, value, None, None), true) };
    match key.cmp(&fork.key) {
        Ordering::Less => {
            let (left, added) = put(&fork.left, key, value);
            (fork.above(Some(left), fork.right.clone()), added)
        }
        Ordering::Greater => {
            let (right, added) = put(&fork.right, key, value);
            (fork.above(fork.left.clone(), Some(right)), added)
        }
        Ordering::Equal => (join(key, value, fork.left.clone(), fork.right.clone()), false),
    }
}

/// The branch without the key; `None` where the key is not there.
fn cut<K: Ord + Clone + Borrow<Q>, V: Clone, Q: Ord + ?Sized>(
    link: &Link<K, V>,
    key: &Q,
) -> Option<Link<K, V>> {
    let fork = link.as_ref()?;
    Some(match key.cmp(fork.key.borrow()) {
        Ordering::Less => Some(fork.above(cut(&fork.left, key)?, fork.right.clone())),
        Ordering::Greater => Some(fork.above(fork.left.clone(), cut(&fork.right, key)?)),
        Ordering::Equal => match (&fork.left, &fork.right) {
            (None, other) | (other, None) => other.clone(),
            (left, Some(right)) => {
                let (next, rest) = without_first(right);
                Some(next.above(left.clone(), rest))
            }
        },
    })
}

fn without_first<K: Ord + Clone, V: Clone>(fork: &Arc<Fork<K, V>>) -> (Arc<Fork<K, V>>, Link<K, V>) {
    match &fork.left {
        None => (fork.clone(), fork.right.clone()),
        Some(left) => {
            let (first, rest) = without_first(left);
            (first, Some(fork.above(rest, fork.right.clone())))
        }
    }
}
