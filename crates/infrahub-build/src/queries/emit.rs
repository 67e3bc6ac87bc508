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

/// What the Rust of a document is made from, beside the document.
pub(super) struct Emitter<'a> {
    pub(super) file_name: &'a str,
    /// The path to the runtime crate.
    pub(super) runtime: &'a syn::Path,
    pub(super) sdl: &'a Sdl<'a>,
    /// The names of the operations that are mutations.
    pub(super) mutations: &'a [&'a str],
    /// The file with the part of the schema that the document touches.
    pub(super) schema_file: &'a Path,
}

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

impl Emitter<'_> {
    /// The Rust module of a document, formatted.
    ///
    /// # Errors
    /// What the code generator says about the document.
    pub(super) fn module(&self, text: &str, touched: &Touched<'_>) -> Result<String, String> {
        let runtime = self.runtime;
        let serde: syn::Path = parse_quote!(#runtime::__private::serde);
        let serde = quote!(#serde).to_string().replace(' ', "");
        let generated = self.generate(text, &serde)?;
        let mut file: syn::File = syn::parse2(generated).map_err(|error| error.to_string())?;
        let mut impls: Vec<syn::Item> = Vec::new();
        for item in &mut file.items {
            match item {
                syn::Item::Struct(operation) => operation.vis = parse_quote!(pub),
                syn::Item::Mod(module) => {
                    module.vis = parse_quote!(pub);
                    let name = module.ident.clone();
                    let items = module.content.iter_mut().flat_map(|(_, items)| items);
                    items.for_each(|item| complete(item, &serde));
                    let operation = operation_name(module).unwrap_or_default();
                    let doc = format!(" Variables and data of the operation `{operation}`.");
                    module.attrs.push(parse_quote!(#[doc = #doc]));
                    let writes = self.mutations.contains(&operation.as_str());
                    impls.push(parse_quote! {
                        impl #runtime::query::QueryVariables for #name::Variables {
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
        file.items.extend(impls);
        let head: syn::Item = parse_quote!(use #runtime::__private::graphql_client;);
        let scalars = touched.leaves.iter().filter(|name| is_custom_scalar(self.sdl, name)).map(|name| {
            let ident = quote::format_ident!("{}", name);
            let ty = self.scalar(name);
            parse_quote!(type #ident = #ty;)
        });
        // The code generator names the scalar `ID` so, where a variable is of that type.
        let id: syn::Item = parse_quote!(
            #[allow(dead_code)]
            type Id = String;
        );
        file.items.splice(0..0, [head, id].into_iter().chain(scalars));
        Ok(format!(
            "// Generated from {}; changes here are lost.\n\n{}",
            self.file_name,
            prettyplease::unparse(&file)
        ))
    }

    fn generate(&self, text: &str, serde: &str) -> Result<proc_macro2::TokenStream, String> {
        let mut options = GraphQLClientCodegenOptions::new(CodegenMode::Cli);
        options.set_normalization(Normalization::Rust);
        options.set_response_derives("Debug, Clone, PartialEq".to_owned());
        options.set_variables_derives("Debug, Clone, PartialEq".to_owned());
        options.set_skip_serializing_none(true);
        options.set_fragments_other_variant(true);
        options.set_serde_path(syn2::parse_str(serde).map_err(|error| error.to_string())?);
        generate_module_token_stream_from_string(text, self.schema_file, options)
            .map_err(|error| error.to_string())
    }

    /// The type of a custom scalar; JSON for one that is not known here.
    fn scalar(&self, name: &str) -> syn::Type {
        let runtime = self.runtime;
        match name {
            "BigInt" => parse_quote!(i64),
            "DateTime" => parse_quote!(#runtime::value::DateTime),
            _ => parse_quote!(#runtime::value::Json),
        }
    }
}

/// Whether the type is a scalar that GraphQL itself does not define.
fn is_custom_scalar(sdl: &Sdl<'_>, name: &str) -> bool {
    matches!(sdl.get(name), Some(Definition::Scalar)) && !is_built_in(name)
}

/// Whether the type is a scalar that has no Rust type of its own here and is read as JSON.
pub(super) fn is_unknown_scalar(sdl: &Sdl<'_>, name: &str) -> bool {
    is_custom_scalar(sdl, name)
        && !matches!(name, "BigInt" | "DateTime" | "GenericScalar" | "FixedGenericScalar" | "Upload")
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

/// Says on each derived enum where serde is; the code generator does so on structs only. A struct to send of
/// which nothing is mandatory gets a default, so that a program names only what it sends.
fn complete(item: &mut syn::Item, serde: &str) {
    match item {
        syn::Item::Enum(item) if item.attrs.iter().any(|attribute| attribute.path().is_ident("serde")) => {
            item.attrs.push(parse_quote!(#[serde(crate = #serde)]));
        }
        syn::Item::Struct(item) => {
            let sent = item.attrs.iter().any(|attribute| {
                attribute.path().is_ident("derive") && quote!(#attribute).to_string().contains("Serialize")
            });
            if sent && !item.fields.is_empty() && item.fields.iter().all(|field| is_optional(&field.ty)) {
                item.attrs.push(parse_quote!(#[derive(Default)]));
            }
        }
        _ => {}
    }
}

fn is_optional(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}
