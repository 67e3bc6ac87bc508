use super::*;
use jiff::Timestamp;

/// What is on a branch: labels by kind, and the peers of the devices.
fn content(view: &View) -> Vec<String> {
    let mut lines = Vec::new();
    for kind in ["BuiltinTag", "LocationSite", "InfraDevice"] {
        for object in view.find(kind, &Arguments::new()).unwrap().items {
            let peers = |name: &str| object.peers(name, &Arguments::new()).map_or(0, |found| found.count);
            lines.push(format!("{} {} {:?}", object.display_label(), peers("tags"), object.metadata()));
        }
    }
    lines
}

/// More writes than there are between two whole states, with a change of the schema among them.
#[test]
fn every_moment_can_be_read_again() {
    let mut world = World::new();
    let site = world.site("atl1");
    let tags = [world.tag("red"), world.tag("green")];
    let mut moments: Vec<(Timestamp, Vec<String>)> = Vec::new();
    let mut device = world.device("first", &site);
    for number in 0..1200 {
        match number % 6 {
            0 => device = world.device(&format!("device-{number}"), &site),
            1 => drop(
                world.add(json!({ "id": device, "name": "tags", "nodes": [{ "id": tags[0] }] })).unwrap(),
            ),
            2 => drop(
                world.update("InfraDevice", json!({ "id": device, "tags": [{ "id": tags[1] }] })).unwrap(),
            ),
            3 => drop(
                world.update("InfraDevice", json!({ "id": device, "asn": { "value": number } })).unwrap(),
            ),
            4 if number % 12 == 4 => drop(world.delete("InfraDevice", json!({ "id": device })).unwrap()),
            5 if number == 605 => {
                let schema = world.view().schema().clone();
                world.store.set_schema(MAIN, schema, None).unwrap();
            }
            _ => {}
        }
        if number % 97 == 0 || number > 1190 {
            moments.push((world.store.clock.time(), content(&world.view())));
        }
    }
    for (time, expected) in moments {
        assert_eq!(content(&world.store.view_at(MAIN, Some(time)).unwrap()), expected, "{time}");
    }
}
