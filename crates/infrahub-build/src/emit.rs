//! The model as tokens. Nothing is decided here.

use crate::model::{
    Ability, Any, Builder, ChoiceType, Column, ColumnType, Content, Field, Kind, Marker, Setter, Value, Write,
};
use crate::names::ident;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

/// Writes code that reaches the runtime by one path.
pub(crate) struct Emitter {
    /// The path of the runtime crate.
    runtime: TokenStream,
    /// What is derived for structs and enums of objects.
    derives: TokenStream,
    /// What has `cargo fmt` leave the files as they are, where they stand among the sources of a crate.
    skip: Option<TokenStream>,
}

impl Emitter {
    /// `runtime` is the path of the runtime crate, `::infrahub_client` or `crate`.
    /// `derives` are traits that are derived for objects besides those that always are.
    pub(crate) fn new(runtime: &syn::Path, derives: &[syn::Path], is_vendored: bool) -> Self {
        let derives = quote!(#[derive(Debug, Clone, PartialEq #(, #derives)*)]);
        let skip = is_vendored.then(|| quote!(#[rustfmt::skip]));
        Self { runtime: runtime.to_token_stream(), derives, skip }
    }

    /// The module of a kind.
    pub(crate) fn kind(&self, kind: &Kind) -> TokenStream {
        let structure = self.structure(kind);
        let columns = self.columns(kind);
        let traits = self.traits(kind);
        let fields = self.fields(kind);
        let choices = kind.choices.iter().map(|choices| self.choices(choices));
        let create = kind.create.as_ref().map(|builder| self.create(kind, builder));
        let update = kind.update.as_ref().map(|builder| self.update(kind, builder));
        let any = kind.any.as_ref().map(|any| self.any(kind, any));
        quote! {
            #structure
            #columns
            #traits
            #fields
            #(#choices)*
            #create
            #update
            #any
        }
    }

    /// The module of the kinds that were not chosen.
    pub(crate) fn peers(&self, markers: &[Marker]) -> TokenStream {
        let runtime = &self.runtime;
        let markers = markers.iter().map(|marker| {
            let name = ident(&marker.type_name);
            let kind = &marker.kind;
            let docs = docs(&marker.docs);
            let generics = marker.generics.iter().map(|generic| ident(generic));
            let abilities = self.abilities(&name, &marker.abilities);
            quote! {
                #docs
                #[derive(Debug)]
                pub enum #name {}
                #runtime::__kind!(#name = #kind);
                #(impl #runtime::kind::Is<super::#generics> for #name {})*
                #abilities
            }
        });
        quote!(#(#markers)*)
    }

    /// The module that declares all others and exports their types.
    pub(crate) fn root(&self, kinds: &[Kind], markers: &[Marker]) -> TokenStream {
        let skip = &self.skip;
        let allow = allowed(&[]);
        let modules = kinds.iter().map(|kind| {
            let module = ident(&kind.module);
            let docs = docs(&[format!("`{}` and its types.", kind.kind)]);
            let allow = if kind.has_deprecated { allowed(&["deprecated"]) } else { allow.clone() };
            quote!(#docs #allow #skip pub mod #module;)
        });
        let mut exports: Vec<TokenStream> = kinds
            .iter()
            .map(|kind| {
                let module = ident(&kind.module);
                let types = kind.type_names().map(ident);
                quote!(#module::{#(#types),*})
            })
            .collect();
        let peers = (!markers.is_empty()).then(|| {
            let types = markers.iter().map(|marker| ident(&marker.type_name));
            exports.push(quote!(peers::{#(#types),*}));
            quote! {
                /// Kinds that were not chosen, but are peers or generics of those that were.
                #allow
                #skip
                pub mod peers;
            }
        });
        let runtime = &self.runtime;
        quote! {
            #(#modules)*
            #peers
            #allow
            #skip
            pub use self::{#(#exports),*};
            /// The schema that these kinds were generated from, for `Config::with_schema`.
            #allow
            #skip
            pub const SCHEMA: #runtime::schema::CompiledSchema =
                #runtime::schema::CompiledSchema::new(::core::include_str!("schema.json"));
        }
    }

    fn structure(&self, kind: &Kind) -> TokenStream {
        let runtime = &self.runtime;
        let name = ident(&kind.type_name);
        let docs = docs(&kind.docs);
        let typename = kind.has_typename.then(|| {
            quote! {
                /// The object's own kind.
                pub typename: ::std::string::String,
            }
        });
        let fields = kind.fields.iter().map(|field| self.field(kind, field));
        let derives = &self.derives;
        quote! {
            #docs
            #derives
            #[non_exhaustive]
            pub struct #name {
                #typename
                /// The object's id.
                pub id: #runtime::id::Id<#name>,
                /// The object's human-friendly id.
                pub hfid: ::core::option::Option<::std::vec::Vec<::std::string::String>>,
                /// How the server shows the object to people.
                pub display_label: ::core::option::Option<::std::string::String>,
                #(#fields)*
            }
        }
    }

    fn field(&self, kind: &Kind, field: &Field) -> TokenStream {
        let name = ident(&field.name);
        let docs = docs(&field.docs);
        let deprecated = deprecated(field.deprecation.as_deref());
        let content = match &field.content {
            Content::Attribute(value) => self.value(kind, value),
            Content::Peer(peer) => self.related(kind, peer),
        };
        let content = optional(content, field.is_optional);
        quote!(#docs #deprecated pub #name: #content,)
    }

    /// What a program reads of a column: what the field of the struct holds, where there is one.
    pub(crate) fn read_type(&self, kind: &Kind, column: &Column) -> TokenStream {
        match &column.column_type {
            ColumnType::Attribute(value, _) => optional(self.value(kind, value), column.is_optional),
            ColumnType::ToOne(peer) => optional(self.related(kind, peer), column.is_optional),
            ColumnType::ToMany(peer) | ColumnType::ReadOnlyToMany(peer) | ColumnType::Hierarchy(peer) => {
                let related = self.related(kind, peer);
                quote!(::std::vec::Vec<#related>)
            }
        }
    }

    fn related(&self, kind: &Kind, peer: &str) -> TokenStream {
        let runtime = &self.runtime;
        let peer = self.path(kind, peer);
        quote!(#runtime::id::Related<#peer>)
    }

    /// How the struct is read from what the server sends. No name of a field has two underscores, so those
    /// of this function cannot meet one.
    fn fields(&self, kind: &Kind) -> TokenStream {
        let runtime = &self.runtime;
        let name = ident(&kind.type_name);
        let typename = kind.has_typename.then(|| quote!(typename: __object.typename()?,));
        let idents: Vec<Ident> = kind.fields.iter().map(|field| ident(&field.name)).collect();
        let wires: Vec<&String> = kind.fields.iter().map(|field| &field.wire).collect();
        let reads = kind.fields.iter().map(|field| match (&field.content, field.is_optional) {
            (Content::Attribute(_), false) => quote!(value),
            (Content::Attribute(_), true) => quote!(optional_value),
            (Content::Peer(_), false) => quote!(peer),
            (Content::Peer(_), true) => quote!(optional_peer),
        });
        quote! {
            impl #runtime::decode::Fields for #name {
                fn read(
                    mut __object: #runtime::decode::Reader<'_, '_>,
                ) -> ::core::result::Result<Self, #runtime::decode::Failed> {
                    #(let mut #idents = ::core::option::Option::None;)*
                    loop {
                        match __object.next_field()? {
                            #(#wires => __object.#reads(&mut #idents),)*
                            "" => break,
                            _ => __object.skip(),
                        }?;
                    }
                    ::core::result::Result::Ok(Self {
                        #typename
                        id: __object.id()?,
                        hfid: __object.hfid(),
                        display_label: __object.display_label(),
                        #(#idents: __object.given(#wires, #idents)?,)*
                    })
                }
            }
        }
    }

    fn columns(&self, kind: &Kind) -> TokenStream {
        if kind.columns.is_empty() {
            return TokenStream::new();
        }
        let name = ident(&kind.type_name);
        let columns = kind.columns.iter().map(|column| self.column(kind, column));
        quote!(impl #name { #(#columns)* })
    }

    fn column(&self, kind: &Kind, column: &Column) -> TokenStream {
        let runtime = &self.runtime;
        let owner = ident(&kind.type_name);
        let name = ident(&column.name);
        let wire = &column.wire;
        let docs = docs(&column.docs);
        let deprecated = deprecated(column.deprecation.as_deref());
        let relationship = |column_type: &str, peer: &str, access: TokenStream| {
            let column_type = ident(column_type);
            let peer = self.path(kind, peer);
            (quote!(#column_type<#owner, #peer #access>), quote!(#column_type::new(#wire)))
        };
        let writable = TokenStream::new;
        let presence = self.presence(column.is_optional);
        let (column_type, value) = match &column.column_type {
            ColumnType::Attribute(value, scalar) => {
                let value = self.value(kind, value);
                (quote!(Attribute<#owner, #value #presence>), quote!(Attribute::new(#wire, #scalar)))
            }
            ColumnType::ToOne(peer) => relationship("ToOne", peer, presence),
            ColumnType::ToMany(peer) => relationship("ToMany", peer, writable()),
            ColumnType::ReadOnlyToMany(peer) => {
                relationship("ToMany", peer, quote!(, #runtime::column::ReadOnly))
            }
            ColumnType::Hierarchy(peer) => relationship("Hierarchy", peer, writable()),
        };
        quote! {
            #docs
            #deprecated
            pub const #name: #runtime::column::#column_type = #runtime::column::#value;
        }
    }

    fn traits(&self, kind: &Kind) -> TokenStream {
        let runtime = &self.runtime;
        let name = ident(&kind.type_name);
        let wire = &kind.kind;
        let selection = &kind.selection;
        let generics = kind.generics.iter().map(|generic| ident(generic));
        let hfid = kind.hfid_parts.map(|parts| {
            let parts = proc_macro2::Literal::usize_unsuffixed(parts);
            quote! {
                impl #runtime::kind::HumanFriendlyId for #name {
                    type Parts<S> = [S; #parts];
                }
            }
        });
        let abilities = self.abilities(&name, &kind.abilities);
        let read = ident(if kind.has_typename { "__read" } else { "__node" });
        let upsertable = kind.is_upsertable.then(|| quote!(impl #runtime::kind::Upsertable for #name {}));
        quote! {
            #runtime::__kind!(#name = #wire);
            #runtime::#read!(#name, #selection);
            #(impl #runtime::kind::Is<super::#generics> for #name {})*
            #hfid
            #upsertable
            #abilities
        }
    }

    fn abilities(&self, name: &Ident, abilities: &[Ability]) -> TokenStream {
        let runtime = &self.runtime;
        let abilities = abilities.iter().map(|ability| match ability {
            Ability::File => quote!(impl #runtime::kind::FileObject for #name {}),
            Ability::Artifacts => quote!(impl #runtime::kind::ArtifactTarget for #name {}),
            Ability::Pool(resource) => {
                let resource = ident(resource);
                quote! {
                    impl #runtime::pool::Pool for #name {
                        type Resource = #runtime::pool::#resource;
                    }
                }
            }
            Ability::Allocated(resource) => {
                let resource = ident(resource);
                quote!(impl #runtime::pool::AllocatedFrom<#runtime::pool::#resource> for #name {})
            }
        });
        quote!(#(#abilities)*)
    }

    fn choices(&self, choices: &ChoiceType) -> TokenStream {
        let runtime = &self.runtime;
        let name = ident(&choices.type_name);
        let type_docs = docs(&choices.docs);
        let variants = choices.variants.iter().map(|variant| {
            let name = ident(&variant.name);
            let docs = docs(&variant.docs);
            quote!(#docs #name,)
        });
        let infos = choices.variants.iter().map(|variant| {
            let (wire, label, color, description) =
                (&variant.wire, &variant.label, &variant.color, &variant.description);
            quote!(#runtime::value::ChoiceInfo::new(#wire, #label, #color, #description))
        });
        let wires: Vec<&String> = choices.variants.iter().map(|variant| &variant.wire).collect();
        let idents: Vec<Ident> = choices.variants.iter().map(|variant| ident(&variant.name)).collect();
        quote! {
            #type_docs
            #[derive(Debug, Clone, PartialEq, Eq, Hash)]
            pub enum #name {
                #(#variants)*
                /// A choice that the schema did not have when this code was generated.
                Other(::std::string::String),
            }
            impl #runtime::value::Choice for #name {
                const CHOICES: &'static [#runtime::value::ChoiceInfo] = &[#(#infos),*];

                fn as_str(&self) -> &str {
                    match self {
                        #(Self::#idents => #wires,)*
                        Self::Other(name) => name,
                    }
                }

                fn from_name(name: &str) -> Self {
                    match name {
                        #(#wires => Self::#idents,)*
                        _ => Self::Other(::std::borrow::ToOwned::to_owned(name)),
                    }
                }
            }
            #runtime::__choice!(#name);
        }
    }

    fn create(&self, kind: &Kind, builder: &Builder) -> TokenStream {
        let runtime = &self.runtime;
        let owner = ident(&kind.type_name);
        let with_id = quote! {
            /// Chooses the id of the object, so that a create whose answer was lost can be repeated.
            pub fn with_id(self, id: #runtime::id::Id<#owner>) -> Self {
                Self { data: self.data.with_id(id) }
            }
        };
        let builder_type = self.builder(kind, builder, &with_id);
        let name = ident(&builder.type_name);
        quote! {
            #builder_type
            #runtime::__create!(#name for #owner);
        }
    }

    fn update(&self, kind: &Kind, builder: &Builder) -> TokenStream {
        let runtime = &self.runtime;
        let owner = ident(&kind.type_name);
        let builder_type = self.builder(kind, builder, &TokenStream::new());
        let name = ident(&builder.type_name);
        quote! {
            #builder_type
            #runtime::__update!(#name for #owner);
        }
    }

    fn builder(&self, kind: &Kind, builder: &Builder, more: &TokenStream) -> TokenStream {
        let runtime = &self.runtime;
        let owner = ident(&kind.type_name);
        let name = ident(&builder.type_name);
        let type_docs = docs(&builder.docs);
        let constructors = builder.constructors.iter().map(|constructor| {
            let name = ident(constructor.name);
            let docs = docs(&constructor.docs);
            let arguments = &constructor.arguments;
            let calls = arguments.iter().map(|setter| self.call(setter, &ident(&setter.name)));
            let arguments = arguments.iter().map(|setter| self.argument(kind, setter, &ident(&setter.name)));
            quote! {
                #docs
                pub fn #name(#(#arguments),*) -> Self {
                    Self { data: #runtime::input::Data::new() #(#calls)* }
                }
            }
        });
        let setters = builder.setters.iter().map(|setter| self.setter(kind, setter));
        quote! {
            #type_docs
            #[derive(Debug, Clone)]
            #[must_use]
            pub struct #name {
                data: #runtime::input::Data<#owner>,
            }
            impl #name {
                #(#constructors)*
                #more
                #(#setters)*
            }
        }
    }

    fn setter(&self, kind: &Kind, setter: &Setter) -> TokenStream {
        let name = ident(&setter.name);
        let docs = docs(&setter.docs);
        let deprecated = deprecated(setter.deprecation.as_deref());
        let value = ident("value");
        let argument = self.argument(kind, setter, &value);
        let call = self.call(setter, &value);
        quote! {
            #docs
            #deprecated
            pub fn #name(self, #argument) -> Self {
                Self { data: self.data #call }
            }
        }
    }

    /// The last type argument of what may be null; what may not has none.
    fn presence(&self, is_optional: bool) -> TokenStream {
        let runtime = &self.runtime;
        if is_optional { quote!(, #runtime::column::Optional) } else { TokenStream::new() }
    }

    fn argument(&self, kind: &Kind, setter: &Setter, name: &Ident) -> TokenStream {
        self.argument_type(kind, setter).map_or_else(TokenStream::new, |argument| quote!(#name: #argument))
    }

    /// What a setter takes; nothing where its name says it all.
    pub(crate) fn argument_type(&self, kind: &Kind, setter: &Setter) -> Option<TokenStream> {
        let runtime = &self.runtime;
        match &setter.write {
            Write::Attribute { value, is_optional } => {
                let value = self.value(kind, value);
                let presence = self.presence(*is_optional);
                Some(quote!(impl #runtime::input::IntoAttribute<#value #presence>))
            }
            Write::Peer(peer) => {
                let peer = self.path(kind, peer);
                Some(quote!(impl #runtime::input::IntoPeer<#peer>))
            }
            Write::Peers(peer) => {
                let peer = self.path(kind, peer);
                Some(quote!(impl ::core::iter::IntoIterator<Item = impl #runtime::input::IntoPeer<#peer>>))
            }
            Write::File => Some(quote!(#runtime::file::File)),
            Write::ClearAttribute | Write::ResetAttribute | Write::ClearPeer | Write::ClearPeers => None,
        }
    }

    fn call(&self, setter: &Setter, name: &Ident) -> TokenStream {
        let wire = &setter.wire;
        match &setter.write {
            Write::Attribute { .. } => quote!(.attribute(#wire, #name)),
            Write::Peer(_) => quote!(.peer(#wire, #name)),
            Write::Peers(_) => quote!(.peers(#wire, #name)),
            Write::File => quote!(.file(#name)),
            Write::ClearAttribute => quote!(.clear_attribute(#wire)),
            Write::ResetAttribute => quote!(.reset_attribute(#wire)),
            Write::ClearPeer => quote!(.clear_peer(#wire)),
            Write::ClearPeers => quote!(.clear_peers(#wire)),
        }
    }

    fn any(&self, kind: &Kind, any: &Any) -> TokenStream {
        let runtime = &self.runtime;
        let generic = ident(&kind.type_name);
        let name = ident(&any.type_name);
        let type_docs = docs(&any.docs);
        let selections = &any.selections;
        let idents: Vec<Ident> = any.variants.iter().map(|variant| ident(&variant.name)).collect();
        let wires: Vec<&String> = any.variants.iter().map(|variant| &variant.kind).collect();
        let variants = any.variants.iter().map(|variant| {
            let (docs, name) = (docs(&variant.docs), ident(&variant.name));
            let type_name = self.path(kind, &variant.type_name);
            quote!(#docs #name(::std::boxed::Box<#type_name>),)
        });
        let derives = &self.derives;
        quote! {
            #type_docs
            #derives
            #[non_exhaustive]
            pub enum #name {
                #(#variants)*
                /// Of a kind that was not generated, or that the schema did not have: what all kinds share.
                Other(::std::boxed::Box<#generic>),
            }
            impl #runtime::projection::Projection for #name {
                type Kind = #generic;

                const HAS_FRAGMENTS: bool = true;

                fn select(selection: &mut #runtime::projection::Selection) {
                    #(selection.push(#selections);)*
                }
            }
            impl #runtime::id::Reference for #name {
                type Kind = #generic;

                fn key(&self) -> #runtime::id::ObjectKey {
                    match self {
                        #(Self::#idents(node) => #runtime::id::Reference::key(&**node),)*
                        Self::Other(node) => #runtime::id::Reference::key(&**node),
                    }
                }
            }
            impl #runtime::decode::Variants for #name {
                fn variant(
                    typename: &str,
                    object: #runtime::decode::Reader<'_, '_>,
                ) -> ::core::result::Result<Self, #runtime::decode::Failed> {
                    match typename {
                        #(#wires => #runtime::decode::boxed(object).map(Self::#idents),)*
                        _ => #runtime::decode::boxed(object).map(Self::Other),
                    }
                }
            }
            #runtime::__any!(#name);
        }
    }

    fn value(&self, kind: &Kind, value: &Value) -> TokenStream {
        let runtime = &self.runtime;
        match value {
            Value::Text => quote!(::std::string::String),
            Value::Integer => quote!(i64),
            Value::Boolean => quote!(bool),
            Value::DateTime => quote!(#runtime::value::DateTime),
            Value::IpHost => quote!(#runtime::value::IpHost),
            Value::IpNetwork => quote!(#runtime::value::IpNetwork),
            Value::IpAddress => quote!(::std::net::IpAddr),
            Value::MacAddress => quote!(#runtime::value::MacAddress),
            Value::Password => quote!(#runtime::value::Password),
            Value::List => quote!(::std::vec::Vec<#runtime::value::Json>),
            Value::Json => quote!(#runtime::value::Json),
            Value::Choice(type_name) => self.path(kind, type_name),
        }
    }

    /// A type of the output, seen from the module of a kind.
    fn path(&self, kind: &Kind, type_name: &str) -> TokenStream {
        let name = ident(type_name);
        if kind.type_names().any(|own| own == type_name) { quote!(#name) } else { quote!(super::#name) }
    }
}

/// What a user's crate may warn about that is meant in generated code: a program need not use every type,
/// and need not export them.
const ALLOWED: [&str; 5] =
    ["clippy::all", "clippy::pedantic", "dead_code", "unreachable_pub", "unused_imports"];

fn allowed(more: &[&str]) -> TokenStream {
    let lints = ALLOWED.iter().chain(more).map(|lint| lint.parse::<TokenStream>().unwrap_or_default());
    quote!(#[allow(#(#lints),*)])
}

/// Documentation, a line each.
fn docs(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

fn deprecated(reason: Option<&str>) -> TokenStream {
    reason.map_or_else(TokenStream::new, |reason| quote!(#[deprecated(note = #reason)]))
}

fn optional(content: TokenStream, is_optional: bool) -> TokenStream {
    if is_optional { quote!(::core::option::Option<#content>) } else { content }
}
