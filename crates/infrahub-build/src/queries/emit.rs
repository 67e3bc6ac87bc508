//! Rust for one checked document.

use super::check::Touched;
use super::prune::is_built_in;
use super::sdl::{Definition, Sdl};
use graphql_client_codegen::{
    CodegenMode, GraphQLClientCodegenOptions, generate_module_token_stream_from_string,
    normalization::Normalization,
};
use quote::quote;
use std::path::Path;
use syn::parse_quote;

/// The path of the runtime crate, as generated code spells it.
const SERDE: &str = "::infrahub_client::__private::serde";

/// The document as it is sent: `__typename` is asked for wherever the kind of an object decides its type.
pub(super) fn with_typenames(text: &str, touched: &Touched<'_>) -> String {
    let mut places: Vec<_> = touched
        .abstract_selections
        .iter()
        .filter(|(_, name, asked)| !asked && touched.variants.contains_key(name))
        .map(|(at, ..)| *at)
        .collect();
    places.sort_unstable();
    let mut out = String::with_capacity(text.len() + places.len() * 11);
    let mut done = 0;
    for at in places {
        out.push_str(&text[done..at]);
        out.push_str(" __typename");
        done = at;
    }
    out.push_str(&text[done..]);
    out
}

/// The Rust module of a document, formatted, and the names of the operations in it.
///
/// `schema` is the file with the part of the schema that the document touches.
///
/// # Errors
/// What the code generator says about the document.
pub(super) fn module(
    file_name: &str,
    text: &str,
    sdl: &Sdl<'_>,
    touched: &Touched<'_>,
    mutations: &[&str],
    schema: &Path,
) -> Result<String, String> {
    let generated = generate(text, schema)?;
    let mut file: syn::File = syn::parse2(generated).map_err(|error| error.to_string())?;
    let mut calls = Vec::new();
    for item in &mut file.items {
        match item {
            syn::Item::Struct(operation) => operation.vis = parse_quote!(pub),
            syn::Item::Mod(module) => {
                module.vis = parse_quote!(pub);
                let name = module.ident.clone();
                let items = module.content.iter_mut().flat_map(|(_, items)| items);
                items.for_each(name_serde);
                let operation = operation_name(module).unwrap_or_default();
                let doc = format!(" Variables and data of the operation `{operation}`.");
                module.attrs.push(parse_quote!(#[doc = #doc]));
                let writes = mutations.contains(&operation.as_str());
                calls.push(quote! {
                    impl ::infrahub_client::query::QueryVariables for #name::Variables {
                        type Data = #name::ResponseData;
                        const OPERATION: &'static str = #name::OPERATION_NAME;
                        const DOCUMENT: &'static str = #name::QUERY;
                        const WRITES: bool = #writes;
                    }
                });
            }
            _ => {}
        }
    }
    for call in calls {
        file.items.push(syn::parse2(call).map_err(|error| error.to_string())?);
    }
    let scalars: Vec<syn::Item> = touched
        .leaves
        .iter()
        .filter(|name| matches!(sdl.get(name), Some(Definition::Scalar)) && !is_built_in(name))
        .map(|name| {
            let ident = quote::format_ident!("{}", name);
            let ty = scalar(name);
            parse_quote!(type #ident = #ty;)
        })
        .collect();
    let head: [syn::Item; 1] = [parse_quote!(
        use ::infrahub_client::__private::graphql_client;
    )];
    file.items.splice(0..0, head.into_iter().chain(scalars));
    Ok(format!("// Generated from {file_name}; changes here are lost.\n\n{}", prettyplease::unparse(&file)))
}

fn generate(text: &str, schema: &Path) -> Result<proc_macro2::TokenStream, String> {
    let mut options = GraphQLClientCodegenOptions::new(CodegenMode::Cli);
    options.set_normalization(Normalization::Rust);
    options.set_response_derives("Debug, Clone, PartialEq".to_owned());
    options.set_variables_derives("Debug, Clone, PartialEq".to_owned());
    options.set_skip_serializing_none(true);
    options.set_fragments_other_variant(true);
    options.set_serde_path(syn2::parse_str(SERDE).map_err(|error| error.to_string())?);
    generate_module_token_stream_from_string(text, schema, options).map_err(|error| error.to_string())
}

/// The type of a custom scalar; JSON for one that is not known here.
fn scalar(name: &str) -> syn::Type {
    match name {
        "BigInt" => parse_quote!(i64),
        "DateTime" => parse_quote!(::infrahub_client::value::DateTime),
        _ => parse_quote!(::infrahub_client::value::Json),
    }
}

/// Whether [`scalar`] knows the scalar for what it is.
pub(super) fn is_known_scalar(name: &str) -> bool {
    is_built_in(name)
        || matches!(name, "BigInt" | "DateTime" | "GenericScalar" | "FixedGenericScalar" | "Upload")
}

/// The text of `const OPERATION_NAME`.
fn operation_name(module: &syn::ItemMod) -> Option<String> {
    let (_, items) = module.content.as_ref()?;
    items.iter().find_map(|item| match item {
        syn::Item::Const(constant) if constant.ident == "OPERATION_NAME" => match &*constant.expr {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

/// Says on each derived enum where serde is; the code generator does so on structs only.
fn name_serde(item: &mut syn::Item) {
    if let syn::Item::Enum(item) = item
        && item.attrs.iter().any(|attribute| attribute.path().is_ident("serde"))
    {
        item.attrs.push(parse_quote!(#[serde(crate = #SERDE)]));
    }
}
