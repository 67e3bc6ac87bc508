//! Which writes of a batch must wait for which.
//!
//! Each write stands in a wave; all writes of a wave are sent before any of the next. A write comes
//! - after the last write of each object that it names by id;
//! - after all writes of a kind of which it names an object by human-friendly id: any of them may be that object;
//! - after all writes of its own kind that do something else: a delete may free the name that a create takes;
//! - where it deletes or changes an object: after all writes that name the object.

use crate::input::Named;
use crate::write::Action;
use std::collections::HashMap;

#[derive(Debug, Default)]
pub(super) struct Order {
    /// The last wave that writes the object of this id.
    written: HashMap<String, usize>,
    /// The last wave that names the object of this id as a peer.
    named: HashMap<String, usize>,
    /// The last wave that does this to objects of this kind.
    kinds: HashMap<(&'static str, Action), usize>,
    /// The last wave that names an object of this kind by human-friendly id.
    named_kinds: HashMap<&'static str, usize>,
    /// The first wave that may be used.
    floor: usize,
    /// The last wave that is used.
    last: Option<usize>,
}

impl Order {
    /// The wave of the next write.
    pub(super) fn place(
        &mut self,
        kind: &'static str,
        action: Action,
        object: Option<Named>,
        peers: &[Named],
    ) -> usize {
        let mut wave = self.floor;
        let mut after = |earlier: Option<usize>| wave = wave.max(earlier.map_or(0, |earlier| earlier + 1));
        for name in peers.iter().chain(&object) {
            match name {
                Named::Id(id) => after(self.written.get(id).copied()),
                Named::OfKind(kind) => after(self.last_of(kind, None)),
            }
        }
        after(self.last_of(kind, Some(action)));
        if matches!(action, Action::Update | Action::Delete) {
            after(self.named_kinds.get(kind).copied());
            if let Some(Named::Id(id)) = &object {
                after(self.named.get(id).copied());
            }
        }
        self.note(wave, kind, action, object, peers);
        wave
    }

    /// The last wave that writes objects of the kind, other than doing this.
    fn last_of(&self, kind: &'static str, except: Option<Action>) -> Option<usize> {
        let did = Action::ALL.into_iter().filter(|action| Some(*action) != except);
        did.filter_map(|action| self.kinds.get(&(kind, action))).max().copied()
    }

    fn note(
        &mut self,
        wave: usize,
        kind: &'static str,
        action: Action,
        object: Option<Named>,
        peers: &[Named],
    ) {
        for peer in peers {
            let last = match peer {
                Named::Id(id) => self.named.entry(id.clone()).or_default(),
                Named::OfKind(kind) => self.named_kinds.entry(kind).or_default(),
            };
            *last = wave.max(*last);
        }
        if let Some(Named::Id(id)) = object {
            self.written.insert(id, wave);
        }
        let last = self.kinds.entry((kind, action)).or_default();
        *last = wave.max(*last);
        self.last = self.last.max(Some(wave));
    }

    /// Makes all later writes wait for all earlier ones.
    pub(super) fn barrier(&mut self) {
        self.floor = self.last.map_or(0, |last| last + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::Order;
    use crate::input::Named;
    use crate::write::Action::{Create, Delete, Update, Upsert};

    fn id(text: &str) -> Named {
        Named::Id(text.to_owned())
    }

    #[test]
    fn a_peer_comes_before_what_names_it() {
        let mut order = Order::default();
        assert_eq!(order.place("Site", Create, Some(id("s")), &[]), 0);
        assert_eq!(order.place("Device", Create, Some(id("d")), &[id("s")]), 1);
        assert_eq!(order.place("Port", Create, Some(id("p")), &[id("d")]), 2);
        assert_eq!(order.place("Tag", Create, Some(id("t")), &[id("elsewhere")]), 0);
        // By human-friendly id any object of the kind may be meant.
        assert_eq!(order.place("Vlan", Upsert, None, &[Named::OfKind("Site")]), 1);
        assert_eq!(order.place("Rack", Upsert, None, &[Named::OfKind("Region")]), 0);
    }

    #[test]
    fn writes_of_one_kind_keep_their_order_where_they_differ() {
        let mut order = Order::default();
        assert_eq!(order.place("Tag", Delete, Some(id("old")), &[]), 0);
        assert_eq!(order.place("Tag", Create, Some(id("new")), &[]), 1, "it may take the old one's name");
        assert_eq!(order.place("Tag", Create, Some(id("other")), &[]), 1);
        assert_eq!(order.place("Tag", Update, Some(Named::OfKind("Tag")), &[]), 2);
        assert_eq!(order.place("Tag", Create, Some(id("last")), &[]), 3);
        assert_eq!(order.place("Site", Create, Some(id("s")), &[]), 0, "another kind does not wait");
    }

    #[test]
    fn an_object_is_deleted_after_what_names_it() {
        let mut order = Order::default();
        assert_eq!(order.place("Region", Create, Some(id("r")), &[]), 0);
        assert_eq!(order.place("Site", Create, Some(id("s")), &[id("r"), id("d")]), 1);
        assert_eq!(order.place("Device", Delete, Some(id("d")), &[]), 2);
        assert_eq!(order.place("Port", Create, Some(id("p")), &[Named::OfKind("Vlan")]), 0);
        assert_eq!(order.place("Vlan", Delete, Some(id("v")), &[]), 1);
    }

    #[test]
    fn two_changes_of_one_object_keep_their_order() {
        let mut order = Order::default();
        assert_eq!(order.place("Tag", Update, Some(id("a")), &[]), 0);
        assert_eq!(order.place("Tag", Update, Some(id("b")), &[]), 0);
        assert_eq!(order.place("Tag", Update, Some(id("a")), &[]), 1);
        order.barrier();
        assert_eq!(order.place("Site", Create, Some(id("s")), &[]), 2);
        assert_eq!(order.place("Rack", Create, Some(id("k")), &[id("s")]), 3);
    }
}
