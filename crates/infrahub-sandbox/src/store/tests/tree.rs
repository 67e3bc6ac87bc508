use super::super::tree::Tree;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

proptest! {
    /// A tree is what the standard library's map is, and a copy stays what it was.
    #[test]
    fn a_tree_is_a_map_whose_copies_do_not_change(steps in prop::collection::vec((0_u8..60, any::<Option<u16>>()), 0..300)) {
        let (mut tree, mut map) = (Tree::default(), BTreeMap::new());
        let mut copies = Vec::new();
        for (key, value) in steps {
            match value {
                Some(value) => {
                    tree.insert(key, value);
                    map.insert(key, value);
                }
                None => {
                    tree.remove(&key);
                    map.remove(&key);
                }
            }
            prop_assert_eq!(tree.iter().count(), map.len());
            prop_assert_eq!(tree.get(&key), map.get(&key));
            copies.push((tree.clone(), map.clone()));
        }
        for (tree, map) in copies.iter().step_by(17) {
            prop_assert!(tree.iter().eq(map.iter()));
            for key in [0, 13, 30, 59, 60] {
                prop_assert!(tree.from(&key).eq(map.range(key..)));
                prop_assert_eq!(tree.floor(&key), map.range(..=key).next_back());
            }
        }
    }

    /// The changes between two copies turn the one into the other, and are no more than what was put or removed.
    #[test]
    fn changes_lead_from_one_copy_to_another(
        before in prop::collection::vec((0_u16..300, any::<bool>()), 0..300),
        after in prop::collection::vec((0_u16..300, any::<bool>()), 0..40),
    ) {
        let write = |tree: &mut Tree<u16, Arc<u16>>, steps: &[(u16, bool)]| {
            for (key, puts) in steps {
                if *puts { tree.insert(*key, Arc::new(*key)) } else { tree.remove(key) }
            }
        };
        let mut old = Tree::default();
        write(&mut old, &before);
        let mut new = old.clone();
        write(&mut new, &after);
        let changes = new.changes_from(&old);
        prop_assert!(changes.iter().all(|(key, _)| after.iter().any(|(other, _)| other == key)));
        for (key, value) in changes {
            match value {
                Some(value) => old.insert(key, value),
                None => old.remove(&key),
            }
        }
        prop_assert!(old.iter().map(|(key, value)| (key, Arc::as_ptr(value))).eq(
            new.iter().map(|(key, value)| (key, Arc::as_ptr(value)))
        ));
    }
}
