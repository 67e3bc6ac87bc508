"""An object that becomes one of another kind."""

from infrahub_sdk.convert_object_type import ConversionFieldInput, ConversionFieldValue


async def run(run, client, seen):
    site = await run.create(client, "SdkSite", name=run.name("site"))
    device = await run.create(client, "SdkDevice", name=run.name("leaf"), site=site)
    port = await run.create(client, "SdkCopperPort", name="eth0", device=device, speed=10)
    converted = await client.convert_object_type(port.id, "SdkFiberPort", fields_mapping={
        "name": ConversionFieldInput(source_field="name"), "device": ConversionFieldInput(source_field="device"),
        "wavelength": ConversionFieldInput(data=ConversionFieldValue(attribute_value=850))})
    seen.show("converted", [converted.get_kind(), converted.name.value, converted.wavelength.value])
    with seen.failure("it is there no more"):
        await client.get("SdkCopperPort", id=port.id)
    run.made(converted)
    with seen.failure("a kind that is none"):
        await client.convert_object_type(converted.id, "SdkNothing")
    with seen.failure("a generic"):
        await client.convert_object_type(converted.id, "SdkPort")
    with seen.failure("a field that is none"):
        await client.convert_object_type(converted.id, "SdkCopperPort", fields_mapping={
            "name": ConversionFieldInput(source_field="colour")})
    with seen.failure("a mandatory peer is missing"):
        await client.convert_object_type(site.id, "SdkDevice")
    with seen.failure("a site that a device needs"):
        await client.convert_object_type(site.id, "BuiltinTag")
