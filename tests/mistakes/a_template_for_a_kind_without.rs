use infrahub_client::id::Id;
use infrahub_demo_kinds::*;

fn main() {
    let template = Id::<TemplateInfraDevice>::new("an id");
    let _ = InfraVlanCreate::from_template(&template, "v1");
}
