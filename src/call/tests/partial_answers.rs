//! R16: an answer with errors is never taken for success, and the data beside them is not lost.

use super::*;

/// A random answer, and whether it is a success.
fn envelope(random: &mut fastrand::Rng) -> (String, bool) {
    let fields = random.usize(0..4);
    let mut data = Vec::new();
    let mut errors = Vec::new();
    for number in 0..fields {
        let fails = random.u8(0..3) == 0;
        data.push(format!(r#""f{number}":{}"#, if fails { "null" } else { r#"{"ok":true}"# }));
        if fails {
            let code = ["NODE_NOT_FOUND", "UNDEFINED_ERROR", "BRAND_NEW"][random.usize(0..3)];
            errors.push(match random.u8(0..4) {
                0 => r#""only text""#.to_owned(),
                1 => r#"{"message":"m","extensions":{"code":429}}"#.to_owned(),
                _ => format!(
                    r#"{{"message":"m","path":["f{number}"],"locations":[],"extensions":{{"code":"{code}","http_status":422,"x":1}}}}"#
                ),
            });
        }
    }
    let data = if random.u8(0..5) == 0 { "null".to_owned() } else { format!("{{{}}}", data.join(",")) };
    let success = errors.is_empty() && data != "null";
    let data = format!(r#""data":{data}"#);
    let errors = match (errors.is_empty(), random.bool()) {
        (true, true) => None,
        (true, false) => Some(["\"errors\":null", "\"errors\":[]"][random.usize(0..2)].to_owned()),
        (false, _) => Some(format!("\"errors\":[{}]", errors.join(","))),
    };
    let mut members = vec![data, r#""extensions":{"cost":[1,{}]}"#.to_owned()];
    members.extend(errors);
    random.shuffle(&mut members);
    (format!("{{{}}}", members.join(",")), success)
}

#[tokio::test(start_paused = true)]
async fn r16_data_with_errors_is_an_error_that_carries_the_data() {
    let mut random = fastrand::Rng::with_seed(16);
    for _ in 0..5_000 {
        let (body, success) = envelope(&mut random);
        let script = body.clone();
        let (client, _) = client(Config::new(ADDRESS), move |_, _| answer(200, &script));
        let expected: Value = serde_json::from_str(&body).unwrap();
        match run(&client, Effect::Write).await {
            Ok(value) => assert!(success && value == expected["data"], "{body}"),
            Err(Error::GraphQl { errors, data, .. }) => {
                assert!(!success, "{body}");
                assert_eq!(errors.len(), expected["errors"].as_array().unwrap().len(), "{body}");
                let data = data.map_or(Value::Null, |data| serde_json::from_str(data.get()).unwrap());
                assert_eq!(data, expected["data"], "{body}");
            }
            Err(Error::Decode { .. }) => assert!(expected["data"].is_null(), "{body}"),
            Err(error) => panic!("{body}: {error}"),
        }

        let partial = client.run_partial::<Value>(&operation(Effect::Write)).await;
        match partial {
            Ok(partial) => {
                assert_eq!(partial.data.unwrap_or_default(), expected["data"], "{body}");
                assert_eq!(partial.errors.len(), expected["errors"].as_array().map_or(0, Vec::len), "{body}");
            }
            Err(Error::Decode { .. }) => assert!(expected["data"].is_null(), "{body}"),
            Err(error) => panic!("{body}: {error}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r16_data_that_does_not_decode_beside_errors_is_not_taken_for_null() {
    let body = r#"{"data":{"a":{"ok":"yes"},"b":null},"errors":[{"message":"m","path":["b"]}]}"#;
    let (client, _) = client(Config::new(ADDRESS), move |_, _| answer(200, body));
    type Flags = std::collections::BTreeMap<String, std::collections::BTreeMap<String, bool>>;
    let error = client.run_partial::<Flags>(&operation(Effect::Write)).await.unwrap_err();
    assert!(error.may_have_run());
    let Error::GraphQl { data: Some(data), .. } = error else { panic!("{error}") };
    assert_eq!(data.get(), r#"{"a":{"ok":"yes"},"b":null}"#);
}
