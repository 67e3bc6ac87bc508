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
