//! Rust for checked documents: what the code generator makes of them, shared out to files and completed.

use super::document::{Document, Operation, Selection, SelectionSet};
use super::lower::{FRAGMENT, Lowered, Scalar, TYPES, is_built_in};
use super::names;
use super::paging::Paging;
use super::sdl::{Definition, Sdl};
use graphql_client_codegen::{
    CodegenMode, GraphQLClientCodegenOptions, generate_module_token_stream_from_string,
    normalization::Normalization,
};
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use syn::{Item, ItemEnum, ItemStruct, parse_quote};

/// What the Rust of documents is made from.
pub(super) struct Emitter<'a> {
    /// The path to the runtime crate.
    pub(super) runtime: &'a syn::Path,
    pub(super) sdl: &'a Sdl<'a>,
    pub(super) document: &'a Document<'a>,
    /// The text that the document was read from.
    pub(super) text: &'a str,
    pub(super) lowered: &'a Lowered<'a>,
    pub(super) paging: &'a BTreeMap<&'a str, Paging<'a>>,
}

/// The Rust of all documents.
pub(super) struct Emitted {
    /// The module of each operation, by its name in Rust.
    pub(super) operations: BTreeMap<String, TokenStream>,
    /// The fragments, input objects and enums, which all operations share.
    pub(super) types: TokenStream,
}

/// A type that operations share.
struct Shared {
    /// The type, its implementations and those that stand inside it.
    code: TokenStream,
    /// The shared types that it is made of.
    uses: BTreeSet<String>,
}

impl Emitter<'_> {
    /// Generates everything; `schema` is the file with the schema that was made for the generator.
    ///
    /// # Errors
    /// What the code generator says, or that two types would have one name.
    pub(super) fn emit(&self, schema: &Path) -> Result<Emitted, String> {
        let mut modules = self.generate(schema)?;
        let types = modules.remove(&names::module_name(TYPES)).unwrap_or_default();
        let shared = self.shared(types)?;
        let mut operations = BTreeMap::new();
        for operation in &self.document.operations {
            let name = names::module_name(operation.name);
            let items = modules.remove(&name).unwrap_or_default();
            operations.insert(name, self.operation(operation, items, &shared)?);
        }
        let types = shared.into_values().map(|shared| shared.code).collect();
        Ok(Emitted { operations, types })
    }

    /// The structs and enums of each operation, by its module, as the generator makes them.
    fn generate(&self, schema: &Path) -> Result<BTreeMap<String, Vec<Item>>, String> {
        let serde = self.serde().to_token_stream().to_string().replace(' ', "");
        let mut options = GraphQLClientCodegenOptions::new(CodegenMode::Cli);
        options.set_normalization(Normalization::Rust);
        options.set_response_derives("Debug, Clone, PartialEq".to_owned());
        options.set_variables_derives("Debug, Clone, PartialEq".to_owned());
        options.set_skip_serializing_none(true);
        options.set_fragments_other_variant(true);
        options.set_serde_path(syn2::parse_str(&serde).map_err(|error| error.to_string())?);
        let code = generate_module_token_stream_from_string(&self.lowered.document, schema, options)
            .map_err(|error| error.to_string())?;
        let file: syn::File = syn::parse2(code).map_err(|error| error.to_string())?;
        let scalars = self.scalars();
        let mut modules = BTreeMap::new();
        for item in file.items {
            if let Item::Mod(module) = item {
                let items = module.content.map_or_else(Vec::new, |(_, items)| items);
                let items = items.into_iter().filter(|item| type_name(item).is_some());
                let items = items.map(|item| syn::parse2(resolved(item.into_token_stream(), &scalars)));
                let items: syn::Result<_> = items.collect();
                modules.insert(module.ident.to_string(), items.map_err(|error| error.to_string())?);
            }
        }
        Ok(modules)
    }

    fn serde(&self) -> syn::Path {
        let runtime = self.runtime;
        parse_quote!(#runtime::__private::serde)
    }

    /// The Rust types of what the generator took for scalars. It keeps their names in some places, and writes them
    /// as types in others.
    fn scalars(&self) -> BTreeMap<String, TokenStream> {
        let own = [
            ("Boolean", quote!(bool)),
            ("Float", quote!(f64)),
            ("Int", quote!(i64)),
            ("ID", quote!(String)),
            ("Id", quote!(String)),
        ];
        let own = own.map(|(name, ty)| (name.to_owned(), ty));
        let lowered = self.lowered.scalars.iter().flat_map(|(name, scalar)| {
            let ty = self.scalar(scalar);
            [(names::type_name(name), ty.clone()), (name.clone(), ty)]
        });
        own.into_iter().chain(lowered).collect()
    }

    fn scalar(&self, scalar: &Scalar<'_>) -> TokenStream {
        let runtime = self.runtime;
        match scalar {
            Scalar::Custom("BigInt") => quote!(i64),
            Scalar::Custom("DateTime") => quote!(#runtime::value::DateTime),
            Scalar::Custom(_) => quote!(#runtime::value::Json),
            Scalar::Enum(name) | Scalar::Fragment(name) => ident(&names::type_name(name)).into_token_stream(),
            Scalar::Value("IPHost") => quote!(#runtime::value::IpHost),
            Scalar::Value("IPNetwork") => quote!(#runtime::value::IpNetwork),
            Scalar::Value(_) => quote!(#runtime::value::MacAddress),
        }
    }

    /// The types that operations share, by name.
    fn shared(&self, items: Vec<Item>) -> Result<BTreeMap<String, Shared>, String> {
        let mut shared = BTreeMap::new();
        let mut claimed = BTreeSet::new();
        let mut claim = |name: String| match claimed.insert(name.clone()) {
            true => Ok(name),
            false => Err(format!("two types of the documents would be `{name}` in Rust; rename a fragment")),
        };
        for scalar in self.lowered.scalars.values() {
            if let Scalar::Enum(name) = scalar
                && let Some(Definition::Enum(values)) = self.sdl.get(name)
            {
                let code = self.choices(&names::type_name(name), values);
                shared.insert(claim(names::type_name(name))?, Shared { code, uses: BTreeSet::new() });
            }
        }
        for item in items {
            // The operation itself is nothing that anyone sends.
            let name = type_name(&item).filter(|name| name != "ResponseData" && name != "Variables");
            let Some(name) = name else { continue };
            let code = self.complete(item)?;
            shared.insert(claim(name)?, Shared { code, uses: BTreeSet::new() });
        }
        let names: BTreeSet<String> = shared.keys().cloned().collect();
        for (name, shared) in &mut shared {
            idents(shared.code.clone(), &mut shared.uses);
            shared.uses.retain(|used| used != name && names.contains(used));
        }
        Ok(shared)
    }

    /// The module of an operation.
    fn operation(
        &self,
        operation: &Operation<'_>,
        items: Vec<Item>,
        shared: &BTreeMap<String, Shared>,
    ) -> Result<TokenStream, String> {
        let runtime = self.runtime;
        let mut code = TokenStream::new();
        let mut seen = BTreeSet::new();
        let paged = self.paging.get(operation.name).map(|paging| self.paged(paging, &items)).transpose()?;
        for item in items {
            let Some(name) = type_name(&item) else { continue };
            // Input objects are made once, for all operations.
            if shared.contains_key(&name) && is_input(&item) {
                continue;
            }
            if shared.contains_key(&name) || !seen.insert(name.clone()) {
                return Err(format!(
                    "two types of the operation `{}` would be `{name}` in Rust; rename it or give a field an alias",
                    operation.name
                ));
            }
            code.extend(self.complete(item)?);
        }
        let name = operation.name;
        let document = self.sent(operation);
        let is_write = operation.keyword == "mutation";
        code.extend(quote! {
            impl #runtime::query::QueryVariables for Variables {
                type Data = ResponseData;
                const OPERATION: &'static str = #name;
                const DOCUMENT: &'static str = #document;
                const WRITES: bool = #is_write;
            }
            #paged
        });
        let mut used = BTreeSet::new();
        idents(code.clone(), &mut used);
        let used = reached(&used, shared);
        let used: Vec<_> = used.iter().map(|name| ident(name)).collect();
        let shared = (!used.is_empty()).then(|| quote!(pub use super::types::{#(#used),*};));
        Ok(self.with_imports(&quote!(#shared #code)))
    }

    /// Code with what its derives need.
    pub(super) fn with_imports(&self, code: &TokenStream) -> TokenStream {
        let serde = self.serde();
        quote! {
            use #serde::{Deserialize, Serialize};
            #code
        }
    }

    /// How the pages of an operation are asked for and read.
    fn paged(&self, paging: &Paging<'_>, items: &[Item]) -> Result<TokenStream, String> {
        let runtime = self.runtime;
        let lost = || format!("the code generator left out `{}`", paging.root);
        let field = |ty: &str, name: &str| {
            let item = items.iter().find_map(|item| match item {
                Item::Struct(item) if item.ident == ty => Some(item),
                _ => None,
            });
            let name = names::field_name(name);
            let found =
                item?.fields.iter().find(|field| field.ident.as_ref().is_some_and(|ident| *ident == name))?;
            Some((found.ident.clone()?, &found.ty))
        };
        let (root, root_type) = field("ResponseData", paging.root).ok_or_else(lost)?;
        let page = innermost(root_type).to_string();
        let (count, _) = field(&page, paging.count).ok_or_else(lost)?;
        let (edges, edges_type) = field(&page, paging.edges).ok_or_else(lost)?;
        let item = innermost(edges_type);
        let (limit, limit_type) = field("Variables", paging.limit).ok_or_else(lost)?;
        let (offset, offset_type) = field("Variables", paging.offset).ok_or_else(lost)?;
        let objects =
            if is_option(edges_type) { quote!(page.#edges.unwrap_or_default()) } else { quote!(page.#edges) };
        let get = |name: &Ident, ty: &syn::Type| {
            if is_option(ty) { quote!(self.#name) } else { quote!(Some(self.#name)) }
        };
        let set =
            |ty: &syn::Type, value: TokenStream| if is_option(ty) { quote!(Some(#value)) } else { value };
        let (get_limit, get_offset) = (get(&limit, limit_type), get(&offset, offset_type));
        let (set_limit, set_offset) = (set(limit_type, quote!(limit)), set(offset_type, quote!(offset)));
        Ok(quote! {
            impl #runtime::query::PagedVariables for Variables {
                type Item = #item;
                fn limit(&self) -> Option<i64> {
                    #get_limit
                }
                fn offset(&self) -> Option<i64> {
                    #get_offset
                }
                fn slice(&self, offset: i64, limit: i64) -> Self {
                    Self { #limit: #set_limit, #offset: #set_offset, ..self.clone() }
                }
                fn page(data: ResponseData) -> (i64, Vec<#item>) {
                    let page = data.#root;
                    (page.#count, #objects)
                }
            }
        })
    }

    /// A type with what the generator does not give it.
    fn complete(&self, item: Item) -> Result<TokenStream, String> {
        match item {
            Item::Struct(item) => self.structure(item),
            Item::Enum(item) => Ok(self.kinds(&item)),
            other => Ok(other.into_token_stream()),
        }
    }

    /// A struct. One to send of which nothing is mandatory gets a default, so that a program names only what
    /// it sends. One that is read with fragments reads each of them from the whole object, because fragments
    /// may have fields in common.
    fn structure(&self, mut item: ItemStruct) -> Result<TokenStream, String> {
        let mut parts = Vec::new();
        let mut names = BTreeSet::new();
        for field in &mut item.fields {
            let key = key(field);
            if let Some(fragment) = key.strip_prefix(FRAGMENT) {
                field.ident = Some(ident(fragment));
                field.attrs.clear();
                parts.push(ident(fragment));
            } else if key == "on" && is_flattened(field) {
                field.attrs.clear();
                parts.extend(field.ident.clone());
            } else if field.ident.as_ref().is_some_and(|ident| ident == "gen") {
                // A keyword that the generator does not know.
                field.ident = Some(ident("gen_"));
                field.attrs.push(parse_quote!(#[serde(rename = "gen")]));
            }
            if let Some(boxed) = boxed_option(&field.ty) {
                field.ty = boxed;
            }
            if !names.insert(field.ident.clone()) {
                let (ident, name) = (field.ident.to_token_stream(), &item.ident);
                return Err(format!("two fields of `{name}` would be `{ident}` in Rust; give one an alias"));
            }
        }
        if derives(&item.attrs, "Serialize") {
            if !item.fields.is_empty() && item.fields.iter().all(|field| is_option(&field.ty)) {
                item.attrs.push(parse_quote!(#[derive(Default)]));
            }
            return Ok(item.into_token_stream());
        }
        if parts.is_empty() {
            return Ok(item.into_token_stream());
        }
        let (runtime, serde, name) = (self.runtime, self.serde(), &item.ident);
        let own: Vec<_> = item
            .fields
            .iter()
            .filter(|field| field.ident.as_ref().is_some_and(|ident| !parts.contains(ident)))
            .collect();
        let own_names: Vec<_> = own.iter().map(|field| &field.ident).collect();
        let serde_text = serde.to_token_stream().to_string().replace(' ', "");
        let own_type = (!own.is_empty()).then(|| {
            quote! {
                #[derive(Deserialize)]
                #[serde(crate = #serde_text)]
                struct Own { #(#own),* }
            }
        });
        let read_own = (!own.is_empty()).then(|| quote!(let own: Own = object.part()?;));
        let read = quote! {
            const _: () = {
                #own_type

                impl<'de> Deserialize<'de> for #name {
                    fn deserialize<D: #serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                        #runtime::__private::Object::read(deserializer, |object| {
                            #read_own
                            Ok(Self { #(#own_names: own.#own_names,)* #(#parts: object.part()?),* })
                        })
                    }
                }
            };
        };
        item.attrs = vec![parse_quote!(#[derive(Debug, Clone, PartialEq)])];
        for field in &mut item.fields {
            field.attrs.retain(|attribute| !attribute.path().is_ident("serde"));
        }
        Ok(quote!(#item #read))
    }

    /// The enum over the kinds of an interface or union. A kind that is not singled out is kept by name.
    fn kinds(&self, item: &ItemEnum) -> TokenStream {
        let (runtime, serde, name) = (self.runtime, self.serde(), &item.ident);
        let kinds: Vec<_> = item.variants.iter().filter(|variant| !variant.fields.is_empty()).collect();
        let variants = kinds.iter().map(|variant| (&variant.ident, variant.fields.to_token_stream()));
        let (idents, fields): (Vec<_>, Vec<_>) = variants.unzip();
        let texts = idents.iter().map(ToString::to_string);
        quote! {
            #[derive(Debug, Clone, PartialEq)]
            pub enum #name {
                #(#idents #fields,)*
                /// Another kind, by its name.
                Other(String),
            }

            impl<'de> Deserialize<'de> for #name {
                fn deserialize<D: #serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    #runtime::__private::Object::read(deserializer, |object| {
                        let kind = object.kind()?;
                        match kind.as_str() {
                            #(#texts => object.part().map(Self::#idents),)*
                            _ => Ok(Self::Other(kind)),
                        }
                    })
                }
            }
        }
    }

    /// An enum of the schema. A value that the server learned later is kept by name.
    fn choices(&self, name: &str, values: &[&str]) -> TokenStream {
        let serde = self.serde();
        let name = ident(name);
        let variants: Vec<_> = names::variants(values).iter().map(|variant| ident(variant)).collect();
        quote! {
            #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum #name {
                #(#variants,)*
                /// A value that the schema did not have.
                Other(String),
            }

            impl Serialize for #name {
                fn serialize<S: #serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(match self {
                        #(Self::#variants => #values,)*
                        Self::Other(value) => value,
                    })
                }
            }

            impl<'de> Deserialize<'de> for #name {
                fn deserialize<D: #serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let value = String::deserialize(deserializer)?;
                    Ok(match value.as_str() {
                        #(#values => Self::#variants,)*
                        _ => Self::Other(value),
                    })
                }
            }
        }
    }

    /// The text that is sent: the operation and the fragments that it reaches.
    fn sent(&self, operation: &Operation<'_>) -> String {
        let mut fragments = BTreeSet::new();
        self.spread(&operation.selection, &mut fragments);
        let spans = fragments
            .into_iter()
            .filter_map(|name| self.document.fragment(name).map(|fragment| fragment.span.clone()));
        let mut text = String::new();
        for span in std::iter::once(operation.span.clone()).chain(spans) {
            let mut done = span.start;
            for at in self.lowered.typenames.range(span.clone()) {
                text.push_str(&self.text[done..*at]);
                text.push_str(" __typename");
                done = *at;
            }
            text.push_str(&self.text[done..span.end]);
            text.push('\n');
        }
        text
    }

    fn spread<'s>(&'s self, selection: &'s SelectionSet<'_>, fragments: &mut BTreeSet<&'s str>) {
        for item in &selection.items {
            match item {
                Selection::Field(field) => {
                    if let Some(inner) = &field.selection {
                        self.spread(inner, fragments);
                    }
                }
                Selection::Inline { selection, .. } => self.spread(selection, fragments),
                Selection::Spread { name, .. } => {
                    if fragments.insert(name)
                        && let Some(fragment) = self.document.fragment(name)
                    {
                        self.spread(&fragment.selection, fragments);
                    }
                }
            }
        }
    }
}

/// Whether the type is a scalar that has no Rust type of its own here and is read as JSON.
pub(super) fn is_unknown_scalar(sdl: &Sdl<'_>, name: &str) -> bool {
    matches!(sdl.get(name), Some(Definition::Scalar))
        && !is_built_in(name)
        && !matches!(name, "BigInt" | "DateTime" | "GenericScalar" | "FixedGenericScalar" | "Upload")
}

fn ident(name: &str) -> Ident {
    format_ident!("{}", name, span = Span::call_site())
}

/// The code with Rust types in place of scalars.
fn resolved(code: TokenStream, scalars: &BTreeMap<String, TokenStream>) -> TokenStream {
    code.into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) => {
                TokenTree::Group(Group::new(group.delimiter(), resolved(group.stream(), scalars))).into()
            }
            TokenTree::Ident(ident) => match scalars.get(&ident.to_string()) {
                Some(scalar) => scalar.clone(),
                None => TokenTree::Ident(ident).into(),
            },
            other => TokenStream::from(other),
        })
        .collect()
}

/// The item's name, if it is a type.
fn type_name(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        _ => None,
    }
}

fn is_input(item: &Item) -> bool {
    matches!(item, Item::Struct(item) if item.ident != "Variables" && derives(&item.attrs, "Serialize"))
}

fn derives(attributes: &[syn::Attribute], name: &str) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("derive") && attribute.to_token_stream().to_string().contains(name)
    })
}

/// The name that JSON has for a field.
fn key(field: &syn::Field) -> String {
    let renamed = field.attrs.iter().find_map(|attribute| {
        let mut name = None;
        if attribute.path().is_ident("serde") {
            let _ = attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("rename") {
                    name = Some(meta.value()?.parse::<syn::LitStr>()?.value());
                } else if meta.input.peek(syn::Token![=]) {
                    meta.value()?.parse::<syn::Expr>()?;
                }
                Ok(())
            });
        }
        name
    });
    renamed.or_else(|| field.ident.as_ref().map(ToString::to_string)).unwrap_or_default()
}

fn is_flattened(field: &syn::Field) -> bool {
    field.attrs.iter().any(|attribute| attribute.to_token_stream().to_string().contains("flatten"))
}

fn is_option(ty: &syn::Type) -> bool {
    inside(ty, "Option").is_some()
}

/// `Option<Box<T>>` for `Box<Option<T>>`.
fn boxed_option(ty: &syn::Type) -> Option<syn::Type> {
    let option = inside(ty, "Box")?;
    let inner = inside(option, "Option")?;
    Some(parse_quote!(Option<Box<#inner>>))
}

/// The type inside a type of this name.
fn inside<'t>(ty: &'t syn::Type, name: &str) -> Option<&'t syn::Type> {
    let syn::Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == name)?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first() {
        Some(syn::GenericArgument::Type(inner)) => Some(inner),
        _ => None,
    }
}

/// The type inside all `Option` and `Vec`.
fn innermost(ty: &syn::Type) -> TokenStream {
    match inside(ty, "Option").or_else(|| inside(ty, "Vec")) {
        Some(inner) => innermost(inner),
        None => ty.to_token_stream(),
    }
}

/// All identifiers of some code.
fn idents(code: TokenStream, found: &mut BTreeSet<String>) {
    for token in code {
        match token {
            TokenTree::Group(group) => idents(group.stream(), found),
            TokenTree::Ident(ident) => {
                found.insert(ident.to_string());
            }
            _ => {}
        }
    }
}

/// The shared types among some names, and those that they are made of.
fn reached<'a>(used: &BTreeSet<String>, shared: &'a BTreeMap<String, Shared>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&String> = used.iter().collect();
    while let Some(name) = next.pop() {
        if let Some((name, found)) = shared.get_key_value(name)
            && reached.insert(name.as_str())
        {
            next.extend(&found.uses);
        }
    }
    reached
}
