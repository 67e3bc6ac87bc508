//! The answer that all decode: nodes as the server writes them.

use std::fmt::Write;

/// An answer with this many devices, about 600 bytes each.
pub fn of(devices: usize) -> String {
    let mut text = format!("{{\"data\":{{\"InfraDevice\":{{\"count\":{devices},\"edges\":[");
    for number in 0..devices {
        if number > 0 {
            text.push(',');
        }
        let role = ["\"leaf\"", "\"spine\"", "\"edge\"", "null"][number % 4];
        let asn = if number % 3 == 0 { "null".to_owned() } else { (65_000 + number).to_string() };
        let site = number % 40;
        write!(
            text,
            "{{\"node\":{{\"id\":\"18eaf9c3-{number:04x}-4c1d-e3a1-1c4c0490{number:04x}\",\
             \"hfid\":[\"site{site:02}-device-{number:05}\"],\"display_label\":\"site{site:02}-device-{number:05}\",\
             \"name\":{{\"value\":\"site{site:02}-device-{number:05}\"}},\"role\":{{\"value\":{role}}},\
             \"status\":{{\"value\":\"active\"}},\
             \"description\":{{\"value\":\"row {number}, behind the \\\"red\\\" door, second cage from the left\"}},\
             \"height\":{{\"value\":{}}},\"asn\":{{\"value\":{asn}}},\"serial\":{{\"value\":\"FOC{number:08}X\"}},\
             \"virtual\":{{\"value\":{}}},\"site\":{{\"node\":{{\"id\":\"18eaf9c2-aaaa-4c1d-e3a1-1c4c0490{site:04x}\",\
             \"hfid\":[\"site{site:02}\"],\"display_label\":\"site{site:02}\",\"__typename\":\"LocationSite\"}}}}}}}}",
            1 + number % 4,
            number % 5 == 0,
        )
        .expect("a string takes everything");
    }
    text.push_str("]}}}");
    text
}
